/** Kinds of source, and the choice among them. A new kind is a file of its own and a line here. */
import { device } from './device.js';
import { detect as choose } from './detect.js';
import { existingFile, file } from './file.js';
import { http } from './http.js';
import { rtsp } from './rtsp/index.js';
import type { Source } from '../core/source.js';
import type { SourceOptions } from './source.js';
import { test } from './test.js';

/** In order: the first that matches is taken; `file` takes what looks like a path. */
const KINDS = [rtsp, http, test, existingFile, device, file];

/** The source at an address. @throws InvalidOption that names what was seen and what is taken */
export function detect(address: unknown, options: SourceOptions): Source {
  return choose(KINDS, address, options);
}

export { HOSTS_SCHEMA, type HostsConfig } from './client/index.js';
export type { SourceOptions } from './source.js';
