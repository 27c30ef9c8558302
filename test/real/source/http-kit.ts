/** Shared by the tests of HTTP sources: preparing one, and reading the input that it gives with ffmpeg as rxcam would. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, tap } from 'rxjs';
import { findFfmpeg } from '../../../src/ffmpeg/index.js';
import type { FfmpegFacts } from '../../../src/core/engine/ffmpeg-facts.js';
import { http } from '../../../src/source/http.js';
import type { Preparation, Source, SourceInput } from '../../../src/core/source.js';
import type { SourceReadOptions } from '../../../src/source/index.js';
import { run } from '../ffmpeg/builds.js';

export function httpSource(address: string, options: Partial<SourceReadOptions> = {}): Source {
  const source = http.match(address, { readTimeoutMs: 10_000, ...options });
  if (source === undefined) throw new Error(`'${address}' is not taken`);
  return source;
}

export const facts = (): Promise<FfmpegFacts> => firstValueFrom(findFfmpeg());

export interface Prepared {
  readonly input: SourceInput;
  readonly progress: number;
}

/** The input of a source, and how often it reported progress. */
export async function prepare(source: Source): Promise<Prepared> {
  let progress = 0;
  const last: Preparation = await lastValueFrom(source.prepare(await facts()).pipe(tap(({ type }) => { if (type === 'progress') progress++; })));
  if (last.type !== 'input') throw new Error('the last value is not an input');
  return { input: last.input, progress };
}

/** The error of a source that can't be prepared. */
export async function failureOf(source: Source): Promise<Error & { code: string }> {
  try {
    await prepare(source);
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('it was prepared');
}

export interface Read {
  /** Media time of each picture in seconds. */
  readonly times: readonly number[];
  readonly code: number | null;
  readonly stderr: string;
}

/** Reads an input with ffmpeg, at most `frames` pictures. */
export async function read({ options, url, script, env, beside }: SourceInput, frames?: number): Promise<Read> {
  const limit = frames === undefined ? [] : ['-frames:v', String(frames)];
  const { stdout, stderr, code } = await run('ffmpeg', [
    '-hide_banner', '-loglevel', 'warning', ...options, '-i', url, '-map', '0:v:0', ...limit, '-fps_mode', 'passthrough', '-f', 'framecrc', '-',
  ], script, undefined, { ...(env && { env }), ...(beside && { beside }) });
  const text = stdout.toString();
  const [, num, den] = (/^#tb 0: (\d+)\/(\d+)/m.exec(text) ?? []).map(Number);
  const times = [...text.matchAll(/^0, +-?\d+, +(-?\d+),/gm)].map(([, pts]) => Number(pts) * (num ?? 1) / (den ?? 1));
  return { times, code, stderr: stderr.toString() };
}

/** Names of the files in a cache, by their kind. */
export function cacheOf(folder: string): { parts: string[]; notes: string[]; files: string[] } {
  const names = readdirSync(folder);
  const parts = names.filter((name) => name.endsWith('.part'));
  const notes = names.filter((name) => name.endsWith('.json'));
  return { parts, notes, files: names.filter((name) => !parts.includes(name) && !notes.includes(name)) };
}

/** The bytes that ffmpeg is given: an input that is a file. */
export function contentOf({ url }: SourceInput): Buffer {
  return readFileSync(url.replace(/^file:/, ''));
}

/** The names and notes of a cache. */
export function writtenIn(folder: string): string {
  const { notes } = cacheOf(folder);
  return [...readdirSync(folder), ...notes.map((name) => readFileSync(join(folder, name), 'utf8'))].join('\n');
}
