/** The files of the page, which src/bundle.mjs builds next to the bundle. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InvalidOption } from '../../core/errors/errors.js';

/** A file to send. */
export interface Asset { readonly type: string; readonly plain: Buffer; readonly zipped: Buffer; readonly etag: string }

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8', 'page.js': 'text/javascript; charset=utf-8', 'page.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml',
};
/** Next to the bundle; if a checkout's sources run, in its build. */
const FOLDERS = ['./dashboard-page/', '../../../dist/bundle/dashboard-page/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** @throws InvalidOption if a bundler has separated the code from the files */
export function assets(): ReadonlyMap<string, Asset> {
  const folder = FOLDERS.find((one) => existsSync(`${one}page.js`));
  if (folder === undefined) {
    throw new InvalidOption(`dashboard: the files of its page are missing in ${FOLDERS[0]}: keep rxcam out of your bundle, or copy the folder dist/bundle/dashboard-page of the package there`);
  }
  return new Map(Object.entries(TYPES).map(([name, type]) => {
    const plain = readFileSync(`${folder}${name}`);
    return [name, { type, plain, zipped: gzipSync(plain, { level: 9 }), etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 20)}"` }];
  }));
}
