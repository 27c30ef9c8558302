/** Local files. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defer, of, throwError } from 'rxjs';
import { InvalidOption, SourceNotFound } from '../errors.js';
import { redactRefused, redactUrl } from '../redact.js';
import type { Source, SourceInput, SourceKind, SourceOptions } from './source.js';

export const file: SourceKind = {
  takes: "a file's path or file:// address",
  match(address, options) {
    if (/^[a-z][a-z0-9+.-]+:/i.test(address) && !/^file:\/\//i.test(address) && !/^[a-z]:[\\/]/i.test(address)) return undefined;
    const name = toPath(address);
    return isMistyped(name) ? undefined : fileAt(name, options);
  },
};

/** A file that is there is a file, though its name reads as something else: `cam:1.mp4`, `/dev/shm/clip.mp4`. */
export const existingFile: SourceKind = {
  takes: './ before the name of a file that looks like something else',
  takesBreaks: true,
  match(address, options) {
    const isNumber = /^\d+$/.test(address);
    return !isNumber && isFile(address) ? fileAt(address, options) : undefined;
  },
};

function fileAt(name: string, options: SourceOptions): Source {
  const shown = isFile(name) ? name : redactUrl(name);
  return {
    kind: 'file',
    address: shown,
    live: false,
    endless: false,
    remote: false,
    secrets: [],
    prepare: () => defer(() => missing(name, shown) ?? of({ type: 'input' as const, input: fileInput(name, options) })),
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

/** How ffmpeg reads a local file: nothing but this file, whatever the file says (a playlist opens no other). */
export function fileInput(name: string, options: SourceOptions): SourceInput {
  const paced = options.pace === 'realtime';
  return {
    options: [...(paced ? ['-re'] : []), ...withoutPattern(name), '-protocol_whitelist', 'file,crypto,data'],
    url: `file:${path.resolve(name)}`,
    paced,
  };
}

/** Extensions by which ffmpeg takes a name for a series of pictures: there `%d` is a number. */
const PICTURES = /\.(?:jpe?g|png|bmp|tiff?|webp|p[abgpn]m|jp2|j2k|tga|sgi|dpx|exr|ras|xbm|xwd|pcx)$/i;

/** A name is a name: no pattern of names, whatever is in it. */
function withoutPattern(name: string): readonly string[] {
  return name.includes('%') && PICTURES.test(name) ? ['-f', 'image2', '-pattern_type', 'none'] : [];
}

function toPath(address: string): string {
  if (!/^file:\/\//i.test(address)) return address;
  try {
    return fileURLToPath(address);
  } catch {
    // What the platform says of it holds the address.
    throw new InvalidOption(`source: '${redactRefused(address)}' given; allowed: file:///path`);
  }
}

/** An address with a slash too few, a blank or a quote before it, and what holds a login: no name that a file would have. */
function isMistyped(name: string): boolean {
  const hasScheme = /^[^\p{L}\p{N}/.~\\]*(?:(?:rtsps?|https?|rtmps?|kafka|rediss?)(?::|\/\/)|\w+:\/\/)/iu.test(name);
  return hasScheme || /:[^\\/]*@/.test(name);
}

/** An error for what is no readable file now; a file that comes later is found by the next attempt. */
function missing(name: string, shown: string) {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) return throwError(() => new SourceNotFound(`no such file: '${shown}'`));
  if (stat.isDirectory()) return throwError(() => new SourceNotFound(`'${shown}' is a folder; a source is a file`));
  return undefined;
}
