/** Access to the folders of recordings on the disk. */
import { appendFileSync, closeSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../core/defaults/make-folder.js';
import type { RecordFolder } from '../../core/engine/recorder.js';

/** All calls are synchronous, because they are made for each file, and not for each message. */
export const diskFolder: RecordFolder = {
  make: (path) => { makeFolder(path); },
  list: (path) => unlessMissing(() => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, bytes: sizeOf(join(path, name)) }))) ?? [],
  read: (path) => unlessMissing(() => readFileSync(path, 'utf8')),
  head: (path, bytes) => unlessMissing(() => headOf(path, bytes)) ?? Buffer.alloc(0),
  append: (path, text) => { appendFileSync(path, text); },
  replace: (path, text) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  },
  remove: (path) => { rmSync(path, { force: true }); },
};

function sizeOf(path: string): number {
  return unlessMissing(() => statSync(path).size) ?? 0;
}

function headOf(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, readSync(file, head, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}

/** The result of `read`; undefined if the file does not exist. */
function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
