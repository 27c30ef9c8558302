/** Keeps the cache of HTTP files below its limit: removes replaced files, then those used longest ago. */
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { wall } from '../../core/clock.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';

/** A reader of a file in the cache. */
export interface CacheReader {
  readonly reads: string | undefined;
}

const readers = new Set<WeakRef<CacheReader>>();

/** Registers a reader, whose file is kept. */
export function addReader(reader: CacheReader): void {
  readers.add(new WeakRef(reader));
}

/** The files of all readers that still exist. */
function filesInUse(): Set<string> {
  const files = new Set<string>();
  for (const reference of readers) {
    const reader = reference.deref();
    if (reader === undefined) readers.delete(reference);
    else if (reader.reads !== undefined) files.add(reader.reads);
  }
  return files;
}

interface Stored {
  readonly path: string;
  /** Name of the JSON note that may refer to it. */
  readonly note: string;
  readonly size: number;
  readonly usedAtMs: number;
  readonly isReplaced: boolean;
}

/** Trims a folder after `latest` was added. A failure does not fail the download. */
export async function trimCache(folder: string, latest: string, limit: number = DOWNLOAD.cacheBytes): Promise<void> {
  try {
    const inUse = filesInUse();
    const stored = await contents(folder);
    const idle = stored
      .filter((one) => path.basename(one.path) !== latest && !inUse.has(one.path) && wall() - one.usedAtMs > DOWNLOAD.graceMs)
      .sort((a, b) => Number(b.isReplaced) - Number(a.isReplaced) || a.usedAtMs - b.usedAtMs);
    let total = stored.reduce((sum, { size }) => sum + size, 0);
    for (const one of idle) {
      if (!one.isReplaced && total <= limit) break;
      if (!one.isReplaced) await rm(one.note, { force: true });
      await rm(one.path, { force: true });
      total -= one.size;
    }
  } catch { /* another process may trim the same folder */ }
}

async function contents(folder: string): Promise<Stored[]> {
  const found: Stored[] = [];
  for (const name of await readdir(folder)) {
    const [, key] = /^([0-9a-f]{64})\.[0-9a-f]{8}(?:\.[a-z0-9]{1,5})?$/.exec(name) ?? [];
    if (key === undefined) continue;
    const file = path.join(folder, name);
    const note = path.join(folder, `${key}.json`);
    const { size, mtimeMs: usedAtMs } = await stat(file);
    const text = await readFile(note, 'utf8').catch(() => '');
    found.push({ path: file, note, size, usedAtMs, isReplaced: !text.includes(`"${name}"`) });
  }
  return found;
}
