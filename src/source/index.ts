/** The kinds of source, and the choice among them. A new kind is one file and one line here. */
import { device } from './device.js';
import { detectKind } from './detect.js';
import { existingFile, file } from './file.js';
import { http } from './http.js';
import { rtsp } from './rtsp/index.js';
import type { Source } from '../core/source.js';
import { customSource } from './custom-source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';
import { test } from './test.js';

/** In this order: the first that matches is used. `file` is last, because it matches any path. */
export const SOURCES = { rtsp, http, test, existingFile, device, file } as const satisfies Readonly<Record<string, SourceKind>>;

/** Name of a kind of source. */
export type SourceName = keyof typeof SOURCES;

/**
 * The source at an address, or the user's own source.
 * @throws InvalidOption that states the given address and the allowed forms
 */
export function detect(address: unknown, options: SourceReadOptions): Source {
  return typeof address === 'object' && address !== null ? customSource(address) : detectKind(Object.values(SOURCES), address, options);
}

export { HOSTS_SCHEMA } from './client/index.js';
export type { SourceOptions, SourceReadOptions } from './source-kind.js';
