/** Lint: typescript-eslint's strict rules with types, eslint-plugin-rxjs-x, and the house rules that a linter can see. */
import { fileURLToPath } from 'node:url';
import { defineConfig, globalIgnores } from 'eslint/config';
import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';
import { format } from './format.config.js';

const MAX_LINES = 200;

export default defineConfig(
  globalIgnores(['dist', 'docs', '.cache', 'node_modules', 'test/bench', 'test/soak']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  rxjs.configs.recommended,
  format,
  {
    languageOptions: {
      parserOptions: { project: ['test/tsconfig.json', 'src/apps/dashboard/page/tsconfig.json'], tsconfigRootDir: fileURLToPath(new URL('../..', import.meta.url)) },
    },
    rules: {
      'curly': ['error', 'multi-line'],
      'eqeqeq': 'error',
      'no-console': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-else-return': 'error',
      'no-implicit-coercion': 'error',
      'no-unneeded-ternary': 'error',
      'no-useless-concat': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      'max-len': ['error', {
        code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignorePattern: '^(import|export) .* from ',
      }],
      'no-restricted-imports': ['error', {
        patterns: [{ group: ['rxjs/internal', 'rxjs/internal/*'], message: 'It is not part of what RxJS promises.' }],
      }],

      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // It asks for the `!` that no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A type alias suits a union of literals, and an interface suits an object.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // `??=` and `||` differ on the empty string, which environment variables are.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],

      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-takewhile-value': 'off',
      'rxjs-x/no-internal': 'error',
      'rxjs-x/no-nested-subscribe': 'error',
      'rxjs-x/no-sharereplay': 'error',
      'rxjs-x/no-topromise': 'error',
      'rxjs-x/prefer-root-operators': 'error',
    },
  },
  {
    files: ['src/**', 'operators/**', 'marbles/kit/**'],
    rules: {
      'max-lines': ['error', { max: MAX_LINES }],
      'max-depth': ['error', 4],
      'rxjs-x/no-floating-observables': 'error',
      'rxjs-x/no-exposed-subjects': 'error',
    },
  },
  {
    // Used by tests on purpose: inline promises in assertions, values whose shape the test has just made.
    files: ['test/**', 'marbles/*.ts'],
    rules: {
      'no-console': 'off',
      // Diagrams and tables of cases line up in columns.
      'max-len': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/no-deprecated': 'off',
      'rxjs-x/throw-error': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
      'rxjs-x/no-ignored-replay-buffer': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Diagrams are ASCII, and the frame time of TestScheduler is only to be had where RxJS calls it deprecated.
    files: ['marbles/kit/**'],
    rules: { '@typescript-eslint/no-misused-spread': 'off', '@typescript-eslint/no-deprecated': 'off', 'max-len': ['error', { code: 210 }] },
  },
  {
    // They talk to a terminal.
    files: ['src/apps/cli/**'],
    rules: { 'no-console': 'off' },
  },
);
