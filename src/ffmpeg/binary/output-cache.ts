/**
 * Caches the output of ffmpeg binaries in `ffmpeg.json` of the cache folder, because running a binary for its list of encoders
 * takes longer than starting it. For each binary, by its real path, the cache has the size and times of the file, the time of the
 * run, and two outputs: the banner and the list of encoders. An entry is valid while the binary is unchanged, for at most one day,
 * because the libraries may be replaced alone.
 * A cache file that is damaged, owned by another user or writable by others is ignored. `RXCAM_NO_CACHE=1` disables the cache.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NO_LINK, cacheFolder } from '../../core/defaults/cache-folder.js';
import { wall } from '../../core/clock.js';
import { makeFolder } from '../../core/defaults/make-folder.js';

/** Output of a binary for `-encoders`. */
export interface BinaryOutput { readonly banner: string; readonly encoders: string }

interface Entry extends BinaryOutput {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly askedAt: number;
}

const MAX_AGE_MS = 86_400_000;
/** Maximum size of the cache file; an entry has about 20 kB. */
const MAX_BYTES = 1024 ** 2;
const MAX_ENTRIES = 8;
/** Version of the file's format. */
const VERSION = 1;

/** Variables that choose other libraries: while one is set, the cache is not used. */
const OTHER_LIBRARIES = ['LD_LIBRARY_PATH', 'LD_PRELOAD', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES'];

/** The cached output of a binary; undefined if it must be run. */
export function readCachedOutput(binary: string): BinaryOutput | undefined {
  if (!isEnabled()) return undefined;
  try {
    const entry = readEntries()[realpathSync(binary)];
    if (!isEntry(entry)) return undefined;
    const { size, mtimeMs, ctimeMs } = statSync(binary);
    const age = wall() - entry.askedAt;
    return entry.size === size && entry.mtimeMs === mtimeMs && entry.ctimeMs === ctimeMs && age >= 0 && age < MAX_AGE_MS ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Caches a binary's output. A cache that can't be written is ignored. */
export function cacheOutput(binary: string, { banner, encoders }: BinaryOutput): void {
  if (!isEnabled()) return;
  try {
    const file = realpathSync(binary);
    if (isScript(file)) return;
    const { size, mtimeMs, ctimeMs } = statSync(file);
    replaceEntry(file, { size, mtimeMs, ctimeMs, askedAt: wall(), banner, encoders });
  } catch {
    // The next process runs the binary again.
  }
}

/** Removes the entry of a binary whose output turned out to be wrong. */
export function removeCachedOutput(binary: string): void {
  if (!isEnabled()) return;
  try {
    replaceEntry(realpathSync(binary), undefined);
  } catch {
    // The entry expires within a day.
  }
}

function isEnabled(): boolean {
  return process.env['RXCAM_NO_CACHE'] !== '1' && OTHER_LIBRARIES.every((name) => (process.env[name] ?? '') === '');
}

/** Whether the file is a script. Its output is not cached, because it may start another binary each time. */
function isScript(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(handle, start);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(handle);
  }
}

/** The entries of the cache file. @throws Error if there is no such file, or it can't be trusted */
function readEntries(): Record<string, unknown> {
  const handle = openSync(path.join(cacheFolder(), 'ffmpeg.json'), constants.O_RDONLY | NO_LINK);
  try {
    const { size, uid, mode } = fstatSync(handle);
    const user = process.getuid?.();
    if (size > MAX_BYTES || (user !== undefined && (uid !== user || (mode & 0o022) !== 0))) throw new Error('not owned by this user');
    const { version, binaries } = JSON.parse(readFileSync(handle, 'utf8')) as { version?: unknown; binaries?: unknown };
    if (version !== VERSION || typeof binaries !== 'object' || binaries === null) throw new Error('another format');
    return { ...binaries };
  } finally {
    closeSync(handle);
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { size, mtimeMs, ctimeMs, askedAt, banner, encoders } = value as Record<string, unknown>;
  return [size, mtimeMs, ctimeMs, askedAt].every((one) => typeof one === 'number') && typeof banner === 'string' && typeof encoders === 'string';
}

/** Replaces or removes an entry. Writes a temporary file and renames it, so that another process reads either the old file or the new one. */
function replaceEntry(binary: string, entry: Entry | undefined): void {
  const folder = cacheFolder();
  makeFolder(folder, 0o700);
  const part = path.join(folder, `ffmpeg.json.${randomBytes(6).toString('hex')}`);
  const others = Object.entries(readEntriesOrNone()).filter(([name, one]) => name !== binary && isEntry(one)).slice(1 - MAX_ENTRIES);
  const binaries = Object.fromEntries([...others, ...(entry === undefined ? [] : [[binary, entry]])] as [string, Entry][]);
  try {
    writeFileSync(part, `${JSON.stringify({ version: VERSION, binaries })}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(part, path.join(folder, 'ffmpeg.json'));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function readEntriesOrNone(): Record<string, unknown> {
  try {
    return readEntries();
  } catch {
    return {};
  }
}
