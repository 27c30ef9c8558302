/**
 * `node src/bundle.mjs [FOLDER]`: bundles the output of tsc in FOLDER/dist into a few files in FOLDER/dist/bundle, from which the package
 * is imported: Node takes far longer to find and open 300 small files than to read a few. Dependencies are not bundled, except zod, of
 * which only a part is used. Its licence is copied next to the files.
 */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = process.argv[2] ?? ROOT;
const outdir = resolve(folder, 'dist/bundle');
/** @typedef {{ types: string, default: string }} Entry */
/** @typedef {Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', object>} Needs */
/** @typedef {Needs & { exports: Record<string, Entry | string>, bin: { rxcam: string } }} Manifest */
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- the linter overlooks the cast
const { exports, bin, dependencies, optionalDependencies, peerDependencies } = /** @type {Manifest} */ (JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')));

/** The entries in package.json: the bundled file of each, and the compiled file next to its types. */
const entries = Object.values(exports).filter((entry) => typeof entry === 'object')
  .map(({ types, default: file }) => ({ file, from: types.replace(/\.d\.ts$/, '.js') }));
const program = { file: bin.rxcam, from: './dist/src/apps/cli/main.js' };

/**
 * The name of a bundled file, as an entry of esbuild.
 * @param {string} file
 */
function nameOf(file) {
  const name = /^\.\/dist\/bundle\/(.*)\.js$/.exec(file)?.[1];
  if (name === undefined) throw new Error(`package.json: '${file}' given for an entry, expected ./dist/bundle/NAME.js`);
  return name;
}

/**
 * Removes comments: Node keeps the text of each file in memory, in two bytes a character if one is not in Latin-1, as in some comments.
 * Also imports zod as a namespace: unused members can be removed from a namespace, but not from the object `z`.
 * @type {import('esbuild').Plugin}
 */
const removeComments = {
  name: 'remove-comments',
  setup: (plugin) => {
    plugin.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8').replace(/^import \{ z \} from 'zod';/m, "import * as z from 'zod';");
      return { contents: (await transform(text, { minifyWhitespace: true, charset: 'utf8', format: 'esm' })).code };
    });
  },
};

/**
 * Keeps bundled.js a separate file: it detects whether the user's bundler has joined it with other files, which this one must not do.
 * @type {import('esbuild').Plugin}
 */
const keepBundledSeparate = {
  name: 'keep-bundled-separate',
  setup: (plugin) => {
    plugin.onResolve({ filter: /[/]bundled\.js$/ }, ({ path, resolveDir }) => ({
      path: relative(outdir, resolve(resolveDir, path)).replaceAll('\\', '/'), external: true, sideEffects: true,
    }));
  },
};

/**
 * Removes the type declarations that no entry imports, directly or indirectly: three quarters of them.
 * @param {readonly string[]} roots
 */
function keepDeclarationsOf(roots) {
  /** @type {Set<string>} */
  const kept = new Set();
  const toRead = roots.map((root) => resolve(folder, root));
  for (let file = toRead.pop(); file !== undefined; file = toRead.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import |import\()['"]([.][^'"]*)[.]js['"]/g)) toRead.push(resolve(dirname(file), `${from}.d.ts`));
  }
  const dist = resolve(folder, 'dist');
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts') && !kept.has(join(dist, name))) rmSync(join(dist, name));
  }
}

rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: folder, outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning',
  // For stack traces, names are kept and lines are short.
  minifyWhitespace: true, lineLimit: 160,
  entryPoints: Object.fromEntries([...entries, program].map(({ file, from }) => [nameOf(file), from])),
  external: Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter((name) => name !== 'zod').flatMap((name) => [name, `${name}/*`]),
  nodePaths: [`${ROOT}/node_modules`], plugins: [removeComments, keepBundledSeparate], chunkNames: 'part-[hash]',
});
copyFileSync(`${ROOT}/node_modules/zod/LICENSE`, `${outdir}/LICENSE-zod`);

keepDeclarationsOf(Object.values(exports).flatMap((entry) => (typeof entry === 'object' ? [entry.types] : [])));

const { buildPage } = await import('./apps/dashboard/build-page.mjs');
await buildPage(`${outdir}/dashboard-page`);

// Scripts from before 0.2 start the program here; the package does not contain it.
mkdirSync(resolve(folder, 'dist/src/cli'), { recursive: true });
writeFileSync(resolve(folder, 'dist/src/cli/main.js'), "import '../apps/cli/main.js';\n");
