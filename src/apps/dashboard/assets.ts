/** The files of the page: beside the bundle that this file is in, made by src/bundle.mjs. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InvalidOption } from '../../core/errors/errors.js';

/** A file, as it is sent. */
export interface Asset { readonly type: string; readonly plain: Buffer; readonly zipped: Buffer; readonly etag: string }

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8', 'page.js': 'text/javascript; charset=utf-8', 'page.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml',
};
/** Beside the bundle; in a checkout whose sources run, in its build. */
const FOLDERS = ['./dashboard-page/', '../../../dist/bundle/dashboard-page/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** @throws InvalidOption where a bundler has taken the code away from them */
export function assets(): ReadonlyMap<string, Asset> {
  const folder = FOLDERS.find((one) => existsSync(`${one}page.js`));
  if (folder === undefined) {
    throw new InvalidOption(`dashboard: the files of its page are not in ${FOLDERS[0]}, expected there: keep rxcam out of your bundle, or copy the folder dist/bundle/dashboard-page of the package`);
  }
  return new Map(Object.entries(TYPES).map(([name, type]) => {
    const plain = readFileSync(`${folder}${name}`);
    return [name, { type, plain, zipped: gzipSync(plain, { level: 9 }), etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 20)}"` }];
  }));
}
