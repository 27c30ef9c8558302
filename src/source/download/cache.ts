/**
 * The cache of HTTP files: each file has a unique name, and a JSON note for each address names its file and validators.
 * The note is replaced last and atomically, so several processes always see a matching pair.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { wall } from '../../core/clock.js';
import { NO_LINK, cacheFolder } from '../../core/defaults/cache-folder.js';
import { makeFolder } from '../../core/defaults/make-folder.js';
import { redactUrl } from '../../core/redact/redact.js';
import type { Validators } from '../client/index.js';
import { ensurePrivateFolder } from './download-folder.js';
import { PartialFile, removeAbandoned } from './partial-file.js';
import { trimCache } from './trim.js';

const schema = z.object({
  file: z.string().regex(/^[0-9a-f]{64}\.[0-9a-f]{8}(\.[a-z0-9]{1,5})?$/),
  size: z.number(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
});

/** A copy in the cache, and the validators by which the server decides whether it is still valid. */
export interface Cached extends Validators {
  readonly path: string;
}

/** The folder of the cache, created if it does not exist. @throws the error of the file system */
export async function openFolder(given: string | undefined): Promise<string> {
  const folder = given === undefined ? defaultFolder() : path.resolve(given);
  await ensurePrivateFolder(folder);
  await removeAbandoned(folder);
  return folder;
}

/** The user's cache folder; if that can't be written to, one in the system's temporary folder. */
function defaultFolder(): string {
  const folder = cacheFolder();
  try {
    makeFolder(folder, 0o700);
    return folder;
  } catch {
    return temporaryFolder();
  }
}

/** A folder in the system's temporary one, which users share: another user's folder of that name is refused later. */
function temporaryFolder(): string {
  const user = process.getuid?.();
  return path.join(os.tmpdir(), user === undefined ? 'rxcam' : `rxcam-${user}`);
}

/** The name of an address in the cache: a hash, which reveals nothing about it. */
export function cacheKeyOf(bare: URL): string {
  return createHash('sha256').update(bare.href).digest('hex');
}

/** The copy of an address; undefined if there is none that can be validated. */
export async function findCached(folder: string, key: string): Promise<Cached | undefined> {
  try {
    const { file, size, etag, lastModified } = schema.parse(JSON.parse(await readNote(folder, key)));
    const name = path.join(folder, file);
    const found = await lstat(name);
    if (!found.isFile() || found.size !== size || (etag === undefined && lastModified === undefined)) return undefined;
    return { path: name, etag, lastModified };
  } catch {
    return undefined;
  }
}

/** The note of an address; a symbolic link in its place is ignored. */
async function readNote(folder: string, key: string): Promise<string> {
  const handle = await open(path.join(folder, `${key}.json`), constants.O_RDONLY | NO_LINK);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Stores a complete download as the file of its address. The note has neither credentials nor the query, which may contain a token. */
export async function storeDownload(part: PartialFile, bare: URL): Promise<string> {
  const { folder, key, total, validators: { etag, lastModified } } = part;
  const file = `${key}.${randomBytes(4).toString('hex')}${extension(bare)}`;
  const note = new PartialFile(folder, key);
  try {
    await writeFile(note.path, `${JSON.stringify({ url: redactUrl(`${bare.origin}${bare.pathname}`), file, size: total, etag, lastModified })}\n`, { mode: 0o600, flag: 'wx' });
    await part.publish(file);
    await note.publish(`${key}.json`);
  } finally {
    note.discard();
  }
  await trimCache(folder, file);
  return path.join(folder, file);
}

/** Marks a copy as just used, so that trimming keeps it. */
export async function markUsed(file: string): Promise<void> {
  const now = new Date(wall());
  await utimes(file, now, now).catch(() => { /* only the order of trimming is affected */ });
}

/** The extension of a file, by which alone ffmpeg recognises raw formats; empty if it is not plain. */
function extension({ pathname }: URL): string {
  const found = path.posix.extname(pathname).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(found) && found !== '.part' && found !== '.json' ? found : '';
}
