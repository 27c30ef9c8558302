/** Finds an ffmpeg with the encoders that a plan needs: FFMPEG_PATH if it is set, otherwise PATH, then the npm package @ffmpeg-installer/ffmpeg. */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Observable, defer } from 'rxjs';
import { InvalidOption, ResourceExhausted } from '../../core/errors/errors.js';
import { exhaustedResource } from '../../core/errors/exhausted.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { loadCommandBuilder } from './command-builder.js';
import { childEnvironment } from './environment.js';
import { findSetpriv } from './setpriv.js';
import { findInPath, packagedPath } from './locations.js';
import { cacheOutput, readCachedOutput, removeCachedOutput } from './output-cache.js';

/** libavutil's major version minus this one is ffmpeg's: 56 is 4.x, 57 is 5.x. */
const AVUTIL_OF_FFMPEG_0 = 52;
const AVUTIL_OF_FFMPEG_5 = 57;
/** libavutil of ffmpeg 5.1, the first with `-fps_mode`. */
const FPS_MODE_SINCE = [57, 28] as const;
const ASK_TIMEOUT_MS = 20_000;

const run = promisify(execFile);
const factsByPath = new Map<string, Promise<FfmpegFacts>>();

/** A place to look in; `path` is undefined if it has no ffmpeg, for the reason in `missing`. */
interface Candidate { readonly from: string; readonly path: string | undefined; readonly missing: string }

/**
 * Emits the first ffmpeg that has all the named encoders; if FFMPEG_PATH is set, only that one is considered.
 * Errors with InvalidOption if there is none, naming each place and the reason; with ResourceExhausted if the machine could
 * not start any.
 */
export function findFfmpeg(encoders: readonly string[] = []): Observable<FfmpegFacts> {
  return defer(() => ffmpegWith(encoders));
}

/** The same as {@link findFfmpeg}, as a Promise. */
export async function ffmpegWith(encoders: readonly string[]): Promise<FfmpegFacts> {
  const facts = await find(encoders);
  // In parallel, because one waits for a process while the other computes.
  await Promise.all([findSetpriv(facts.path), loadBuilder()]);
  return facts;
}

/** @throws ResourceExhausted if the machine lacks the resources to load it */
async function loadBuilder(): Promise<void> {
  try {
    await loadCommandBuilder();
  } catch (error) {
    const short = exhaustedResource(error);
    if (short !== undefined) throw new ResourceExhausted(`ffmpeg's commands can't be built: ${short}`, { cause: error });
    throw error;
  }
}

async function find(encoders: readonly string[]): Promise<FfmpegFacts> {
  const given = process.env['FFMPEG_PATH'] || undefined;
  const refused: string[] = [];
  for (const { from, path: file, missing } of given === undefined ? candidates() : [{ from: 'FFMPEG_PATH', path: given, missing: '' }]) {
    if (file === undefined) {
      refused.push(`${from} ${missing}`);
      continue;
    }
    try {
      const facts = await factsOf(file);
      if (hasAll(facts, encoders)) return facts;
      // Cached facts are not enough to refuse a binary: it is run again.
      const checked = isCached(facts) ? await askAgain(facts) : facts;
      if (hasAll(checked, encoders)) return checked;
      refused.push(`${from} (${facts.version}) lacks ${encoders.filter((name) => !checked.encoders.has(name)).join(', ')}`);
    } catch (error) {
      const short = exhaustedResource(error);
      if (short !== undefined) throw new ResourceExhausted(`ffmpeg can't be searched for: ${short}`, { cause: error });
      refused.push(`${from}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  const wanted = encoders.length === 0 ? '' : ` with ${encoders.join(', ')}`;
  throw new InvalidOption(given === undefined
    ? `no ffmpeg found${wanted}; tried: ${refused.join('; ')}. Install one (apt install ffmpeg, https://ffmpeg.org/download.html), or set FFMPEG_PATH to one that has it`
    : `FFMPEG_PATH: '${given}' given, which can't be used (${refused.join('; ')}); allowed: the path of an ffmpeg${wanted}, or unset`);
}

function candidates(): Candidate[] {
  return [
    { from: 'PATH', path: findInPath('ffmpeg'), missing: 'has none' },
    { from: '@ffmpeg-installer/ffmpeg', path: packagedPath(), missing: 'is not installed (an optional dependency)' },
  ];
}

function hasAll(facts: FfmpegFacts, encoders: readonly string[]): boolean {
  return encoders.every((name) => facts.encoders.has(name));
}

/** Facts from the cache, which an earlier process has written. */
const cached = new WeakSet<FfmpegFacts>();
const isCached = (facts: FfmpegFacts): boolean => cached.has(facts);

/** Facts about a binary, read once for each path; a failure is not remembered. */
function factsOf(file: string): Promise<FfmpegFacts> {
  const facts = factsByPath.get(file) ?? cachedFacts(file) ?? askBinary(file);
  factsByPath.set(file, facts);
  facts.catch(() => factsByPath.delete(file));
  return facts;
}

function cachedFacts(file: string): Promise<FfmpegFacts> | undefined {
  const output = readCachedOutput(file);
  if (output === undefined) return undefined;
  try {
    const facts = parseFacts(file, output.banner, output.encoders);
    cached.add(facts);
    return Promise.resolve(facts);
  } catch {
    return undefined;
  }
}

function askAgain({ path: file }: FfmpegFacts): Promise<FfmpegFacts> {
  factsByPath.set(file, askBinary(file));
  return factsOf(file);
}

/** Called after a binary failed: its cached output may be outdated, so the next search runs the binary again. */
export function checkAgain(facts: FfmpegFacts): void {
  if (!isCached(facts)) return;
  factsByPath.delete(facts.path);
  removeCachedOutput(facts.path);
}

/** Runs the binary once, for both outputs: the list of encoders on stdout, the banner with the versions on stderr. */
async function askBinary(file: string): Promise<FfmpegFacts> {
  const { stdout, stderr } = await run(file, ['-encoders'], { timeout: ASK_TIMEOUT_MS, maxBuffer: 8 * 1024 * 1024, env: childEnvironment() });
  const facts = parseFacts(file, stderr, stdout);
  cacheOutput(file, { banner: stderr, encoders: stdout });
  return facts;
}

/** Reads the banner and the list of encoders. @throws Error if the banner is not ffmpeg's */
export function parseFacts(file: string, banner: string, encoders: string): FfmpegFacts {
  const name = /^ffmpeg version (\S+)/m.exec(banner)?.[1];
  const [avMajor, avMinor] = (/libavutil\s+(\d+)\.\s*(\d+)/.exec(banner) ?? []).slice(1).map(Number);
  if (name === undefined || avMajor === undefined || avMinor === undefined) throw new Error(`'${file}' is not an ffmpeg`);
  const release = /^n?(\d+)\.(\d+)/.exec(name);
  const major = release ? Number(release[1]) : avMajor - AVUTIL_OF_FFMPEG_0;
  return {
    path: file,
    version: name,
    // A release of 4.x may be a distribution's, with later security fixes; a git build of that time is not.
    isOld: isPackaged(file) || major < 4 || (release === null && avMajor < AVUTIL_OF_FFMPEG_5),
    major,
    minor: release ? Number(release[2]) : 0,
    encoders: new Set([...encoders.matchAll(/^ [VAS][.\w]{5} (\S+)/gm)].map((line) => line[1] ?? '')),
    concatOptions: avMajor >= AVUTIL_OF_FFMPEG_5,
    fpsMode: avMajor > FPS_MODE_SINCE[0] || (avMajor === FPS_MODE_SINCE[0] && avMinor >= FPS_MODE_SINCE[1]),
    rtspTimeout: avMajor >= AVUTIL_OF_FFMPEG_5 ? 'timeout' : 'stimeout',
  };
}

/** Whether this is the binary of the npm package. */
function isPackaged(file: string): boolean {
  const packaged = packagedPath();
  if (packaged === undefined) return false;
  try {
    return realpathSync(file) === realpathSync(packaged);
  } catch {
    return false;
  }
}
