/**
 * How code is laid out: `npm run format` corrects it, and `npm run lint` checks it along with all else.
 *
 * ESLint's stylistic rules leave one-line blocks, tables and aligned diagrams as they are written. Prettier, Biome and dprint
 * print every file again: they changed 460 to 510 of 660 files and made 20 of them longer than 200 lines.
 */
import stylistic from '@stylistic/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const rules = stylistic.configs.customize({ semi: true, quotes: 'single', braceStyle: '1tbs', arrowParens: true, indent: 2 }).rules;

const FILES = ['**/*.{ts,js,mjs,cjs}'];

/** @type {import('eslint').Linter.Config} */
export const format = {
  files: FILES,
  plugins: { '@stylistic': stylistic },
  rules: {
    ...rules,
    // A list, a ternary or a short block may be on one line, and `a !== b && c > d` needs no parentheses.
    '@stylistic/list-style': 'off',
    '@stylistic/max-statements-per-line': 'off',
    '@stylistic/multiline-ternary': 'off',
    '@stylistic/no-mixed-operators': 'off',
    '@stylistic/generator-star-spacing': ['error', 'before'],
    '@stylistic/lines-between-class-members': ['error', 'always', { exceptAfterSingleLine: true }],
    '@stylistic/operator-linebreak': ['error', 'before', { overrides: { '=': 'after' } }],
    '@stylistic/quote-props': ['error', 'as-needed', { unnecessary: false }],
    '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'always' }],
  },
};

export default defineConfig(
  globalIgnores(['dist', 'docs', '.cache', 'node_modules']),
  { linterOptions: { reportUnusedDisableDirectives: 'off' } },
  // Comments that turn off the linter's own rules name these.
  { files: FILES, plugins: { '@typescript-eslint': tseslint.plugin, 'rxjs-x': rxjs }, languageOptions: { parser: tseslint.parser } },
  format,
);
