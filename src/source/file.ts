/** Local files. A playlist may open files in its own folder only, unless `allowLocalPlaylists` is set. */
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Observable, defer, from, map, throwError } from 'rxjs';
import { SOURCE } from '../core/defaults/defaults.js';
import { InvalidOption, SourceNotFound } from '../core/errors/errors.js';
import { NETWORK_ROWS } from '../core/errors/stderr-rows.js';
import { FolderSession, GATED, ONLY_FILES, ONLY_LISTS, throughGate } from './input/index.js';
import { natureOfContent } from './client/index.js';
import { redactInvalidUrl, redactUrl } from '../core/redact/redact.js';
import type { Source, SourceInput } from '../core/source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';

/** Includes those for playlists, which are read through the gate, or from the disk if that is allowed. */
const PROTOCOLS = ['file', ...GATED];

export const file: SourceKind = {
  accepts: "a file's path or file:// address",
  protocols: PROTOCOLS,
  secrets: 'none',
  match(address, options) {
    if (/^[a-z][a-z0-9+.-]+:/i.test(address) && !/^file:\/\//i.test(address) && !/^[a-z]:[\\/]/i.test(address)) return undefined;
    const name = toPath(address);
    return isMistypedAddress(name) ? undefined : fileAt(name, options);
  },
};

/** An existing file is a file, even if its name looks like another kind of address: `cam:1.mp4`, `/dev/shm/clip.mp4`. */
export const existingFile: SourceKind = {
  accepts: './ before the name of a file that looks like another kind of address',
  protocols: PROTOCOLS,
  secrets: 'none',
  acceptsLineBreaks: true,
  match(address, options) {
    const isNumber = /^\d+$/.test(address);
    return !isNumber && isFile(address) ? fileAt(address, options) : undefined;
  },
};

function fileAt(name: string, options: SourceReadOptions): Source {
  const shown = isFile(name) ? name : redactUrl(name);
  return {
    kind: 'file',
    address: shown,
    live: false,
    endless: false,
    remote: false,
    stderr: NETWORK_ROWS,
    secrets: [],
    prepare: () => defer(() => whyUnreadable(name, shown) ?? from(localInput(name, options)).pipe(map((input) => ({ type: 'input' as const, input })))),
  };
}

function isFile(name: string): boolean {
  try {
    const stat = statSync(name);
    return stat.isFile() || stat.isFIFO();
  } catch {
    return false;
  }
}

/** The input for a file that is not a playlist: ffmpeg may open only this file, even if it refers to others. */
export function fileInput(name: string, options: SourceReadOptions): SourceInput {
  return diskInput(name, options, literalName(name) ?? ONLY_FILES, ['file']);
}

/** The input for a file that the user named. Its first bytes determine only how it is read: each way is safe for any content. */
async function localInput(name: string, options: SourceReadOptions): Promise<SourceInput> {
  const kind = await formatOf(name);
  if (kind === 'file') return fileInput(name, options);
  if (options.allowLocalPlaylists ?? SOURCE.allowLocalPlaylists) return diskInput(name, options, [], ['file', 'crypto', 'data']);
  const paced = options.pace === 'realtime';
  const concat = kind === 'concat' ? ['-f', 'concat', '-safe', '0'] : [];
  const input = await throughGate([...ONLY_LISTS, ...concat], (refused) => new FolderSession(path.resolve(name), refused));
  return { ...input, answered: false, paced };
}

function diskInput(name: string, options: SourceReadOptions, allowed: readonly string[], protocols: readonly string[]): SourceInput {
  const paced = options.pace === 'realtime';
  return { options: allowed, protocols, url: `file:${path.resolve(name)}`, paced };
}

const HEAD_BYTES = 4_096;

/** The format of a file, by its first bytes; `file` if it can't be read: ffmpeg then reports the reason. */
async function formatOf(name: string): Promise<'file' | 'concat' | 'playlist'> {
  // Only of a regular file: bytes read from a pipe would be missing later.
  const handle = isRegular(name) ? await open(name, 'r').catch(() => undefined) : undefined;
  if (handle === undefined) return 'file';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (natureOfContent(head) === 'playlist') return 'playlist';
    return /^\s*ffconcat\b/.test(head.toString('latin1')) ? 'concat' : 'file';
  } catch {
    return 'file';
  } finally {
    await handle.close();
  }
}

/** Extensions with which ffmpeg reads a name as a pattern of still pictures, in which `%d` stands for a number. */
const PICTURE_EXTENSIONS = /\.(?:jpe?g|png|bmp|tiff?|webp|p[abgpn]m|jp2|j2k|tga|sgi|dpx|exr|ras|xbm|xwd|pcx)$/i;

/** Options with which ffmpeg reads a name literally, not as a pattern; undefined if it needs none. */
function literalName(name: string): readonly string[] | undefined {
  return name.includes('%') && PICTURE_EXTENSIONS.test(name) ? ['-f', 'image2', '-pattern_type', 'none', '-format_whitelist', 'image2'] : undefined;
}

function toPath(address: string): string {
  if (!/^file:\/\//i.test(address)) return address;
  try {
    return fileURLToPath(address);
  } catch {
    // Without the platform's error, which contains the address.
    throw new InvalidOption(`source: '${redactInvalidUrl(address)}' given; allowed: file:///path`);
  }
}

/** Whether a name is not a plausible file name: a mistyped address (a missing slash, a leading blank or quote), or a text with a login. */
function isMistypedAddress(name: string): boolean {
  const hasScheme = /^[^\p{L}\p{N}/.~\\]*(?:(?:rtsps?|https?|rtmps?|kafka|rediss?)(?::|\/\/)|\w+:\/\/)/iu.test(name);
  return hasScheme || /:[^\\/]*@/.test(name);
}

function isRegular(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

/** The error of a file that can't be read now, as an Observable; undefined if it can be. The next attempt checks again. */
function whyUnreadable(name: string, shown: string): Observable<never> | undefined {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) return throwError(() => new SourceNotFound(`no such file: '${shown}'`));
  if (stat.isDirectory()) return throwError(() => new SourceNotFound(`'${shown}' is a folder; expected a file`));
  return undefined;
}
