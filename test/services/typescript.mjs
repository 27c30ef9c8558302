/**
 * Lets plain Node import the tests' TypeScript: `import './typescript.mjs'` first, then
 * `await import(new URL('what.ts', import.meta.url).href)`. For programs that run outside of Vitest.
 */
import { register } from 'node:module';

// Hooks run in a separate thread. Imports in TypeScript name the compiled files (.js).
register(`data:text/javascript,${encodeURIComponent(`
  import { readFileSync, existsSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  import ts from '${import.meta.resolve('typescript')}';
  const compilerOptions = { module: 'ESNext', target: 'ES2023', verbatimModuleSyntax: true, inlineSourceMap: true };
  export async function resolve(specifier, context, next) {
    const url = /^[.]/.test(specifier) ? new URL(specifier.replace(/[.]js$/, '.ts'), context.parentURL) : undefined;
    return url?.pathname.endsWith('.ts') && existsSync(url) ? { url: url.href, shortCircuit: true } : next(specifier, context);
  }
  export async function load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const { outputText } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), { compilerOptions, fileName: url });
    return { format: 'module', source: outputText, shortCircuit: true };
  }
`)}`);
