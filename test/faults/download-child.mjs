/** Downloads by rxcam's sources in its own process: `node download-child.mjs ADDRESS CACHE`. Prints what prepare emits. */
import { register } from 'node:module';

// The sources are TypeScript; the imports in them name what they become.
register(`data:text/javascript,${encodeURIComponent(`
  import { readFileSync, existsSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  import ts from '${import.meta.resolve('typescript')}';
  export async function resolve(specifier, context, next) {
    const url = /^[.]/.test(specifier) ? new URL(specifier.replace(/[.]js$/, '.ts'), context.parentURL) : undefined;
    return url?.pathname.endsWith('.ts') && existsSync(url) ? { url: url.href, shortCircuit: true } : next(specifier, context);
  }
  export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { outputText } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), { compilerOptions: { module: 'ESNext', target: 'ES2023', verbatimModuleSyntax: true } });
    return { format: 'module', source: outputText, shortCircuit: true };
  }
`)}`);

const { http } = await import(new URL('../../src/source/http.ts', import.meta.url).href);
const [address, cacheDir] = process.argv.slice(2);
http.match(address, { cacheDir, readTimeoutMs: 60_000 }).prepare({ concatOptions: true, version: 'any' }).subscribe({
  next: (/** @type {import('../../src/core/source.js').Preparation} */ value) => { console.log(value.type === 'input' ? value.input.url : value.type); },
  error: (/** @type {unknown} */ error) => { console.log(String(error)); },
});
