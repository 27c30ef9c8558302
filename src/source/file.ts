/** Local files. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defer, of, throwError } from 'rxjs';
import { InvalidOption, SourceNotFound } from '../errors.js';
import type { SourceInput, SourceKind, SourceOptions } from './source.js';

export const file: SourceKind = {
  takes: "a file's path or file:// address",
  match(address, options) {
    if (/^[a-z][a-z0-9+.-]+:/i.test(address) && !/^file:\/\//i.test(address) && !/^[a-z]:[\\/]/i.test(address)) return undefined;
    const name = toPath(address);
    return {
      kind: 'file',
      address: name,
      live: false,
      endless: false,
      secrets: [],
      prepare: () => defer(() => missing(name) ?? of({ type: 'input' as const, input: fileInput(name, options) })),
    };
  },
};

/** How ffmpeg reads a local file: nothing but this file, whatever the file says (a playlist opens no other). */
export function fileInput(name: string, options: SourceOptions): SourceInput {
  const paced = options.pace === 'realtime';
  return {
    options: [...(paced ? ['-re'] : []), '-protocol_whitelist', 'file,crypto,data'],
    url: `file:${path.resolve(name)}`,
    paced,
  };
}

function toPath(address: string): string {
  if (!/^file:\/\//i.test(address)) return address;
  try {
    return fileURLToPath(address);
  } catch (cause) {
    throw new InvalidOption(`source: '${address}' given; allowed: file:///path`, { cause });
  }
}

/** An error for what is no readable file now; a file that comes later is found by the next attempt. */
function missing(name: string) {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) return throwError(() => new SourceNotFound(`no such file: '${name}'`));
  if (stat.isDirectory()) return throwError(() => new SourceNotFound(`'${name}' is a folder; a source is a file`));
  return undefined;
}
