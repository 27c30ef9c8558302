/** Builds the page of the dashboard into a few files that contain all of its code, so that browsers fetch nothing from other servers. */
import { copyFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('page', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** @param {string} outdir */
export async function buildPage(outdir) {
  await build({
    absWorkingDir: HERE, outdir, bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'warning',
    entryPoints: { page: `${HERE}/main.ts`, style: `${HERE}/page.css` }, tsconfig: `${HERE}/tsconfig.json`, legalComments: 'none',
  });
  renameSync(`${outdir}/style.css`, `${outdir}/page.css`);
  for (const name of ['index.html', 'icon.svg']) copyFileSync(`${HERE}/static/${name}`, `${outdir}/${name}`);
  for (const name of ['preact', 'htm', 'uplot']) copyFileSync(`${MODULES}/${name}/LICENSE`, `${outdir}/LICENSE-${name}`);
}
