/** Keeps the cache of HTTP files below its limit: removes replaced files, then those used longest ago. */
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
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
  readonly json: string;
  readonly size: number;
  readonly usedMs: number;
  readonly replaced: boolean;
}

/** Trims a folder after `latest` was added. A failure does not fail the download. */
export async function trimCache(folder: string, latest: string, limit: number = DOWNLOAD.cacheBytes): Promise<void> {
  try {
    const inUse = filesInUse();
    const stored = await contents(folder);
    const idle = stored
      .filter((one) => path.basename(one.path) !== latest && !inUse.has(one.path) && Date.now() - one.usedMs > DOWNLOAD.graceMs)
      .sort((a, b) => Number(b.replaced) - Number(a.replaced) || a.usedMs - b.usedMs);
    let total = stored.reduce((sum, { size }) => sum + size, 0);
    for (const one of idle) {
      if (!one.replaced && total <= limit) break;
      if (!one.replaced) await rm(one.json, { force: true });
      await rm(one.path, { force: true });
      total -= one.size;
    }
  } catch { /* another process may be at it as well */ }
}

async function contents(folder: string): Promise<Stored[]> {
  const found: Stored[] = [];
  for (const name of await readdir(folder)) {
    const [, key] = /^([0-9a-f]{64})\.[0-9a-f]{8}(?:\.[a-z0-9]{1,5})?$/.exec(name) ?? [];
    if (key === undefined) continue;
    const file = path.join(folder, name);
    const json = path.join(folder, `${key}.json`);
    const { size, mtimeMs: usedMs } = await stat(file);
    const text = await readFile(json, 'utf8').catch(() => '');
    found.push({ path: file, json, size, usedMs, replaced: !text.includes(`"${name}"`) });
  }
  return found;
}
