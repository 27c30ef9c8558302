/** Finding an ffmpeg that has what a plan needs: FFMPEG_PATH, then PATH, then the npm package @ffmpeg-installer/ffmpeg. */
import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { type Observable, defer } from 'rxjs';
import { InvalidOption } from '../errors.js';
import type { FfmpegFacts } from '../ffmpeg-facts.js';

/** libavutil's major version counts up with ffmpeg's: 56 is 4.x, 57 is 5.x. */
const AVUTIL_OF_FFMPEG_0 = 52;
/** libavutil of ffmpeg 5.1, the first with `-fps_mode`. */
const FPS_MODE_SINCE = [57, 28] as const;
const ASK_TIMEOUT_MS = 20_000;

const run = promisify(execFile);
const known = new Map<string, Promise<FfmpegFacts>>();

/**
 * The first ffmpeg that has all the encoders named; emits once.
 * Errors with InvalidOption, naming each place and what it lacks, if there is none.
 */
export function findFfmpeg(encoders: readonly string[] = []): Observable<FfmpegFacts> {
  return defer(() => find(encoders));
}

async function find(encoders: readonly string[]): Promise<FfmpegFacts> {
  const refused: string[] = [];
  for (const { from, path } of candidates()) {
    try {
      const facts = await factsOf(path);
      const missing = encoders.filter((name) => !facts.encoders.has(name));
      if (missing.length === 0) return facts;
      refused.push(`${from} (${facts.version}) lacks ${missing.join(', ')}`);
    } catch (error) {
      refused.push(`${from}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  throw new InvalidOption(`no ffmpeg found with ${encoders.join(', ') || 'any encoder'}; tried: ${refused.join('; ')}. Set FFMPEG_PATH to one that has it`);
}

function candidates(): { from: string; path: string }[] {
  const given = process.env['FFMPEG_PATH'];
  const installed = installedPath();
  return [
    ...(given ? [{ from: 'FFMPEG_PATH', path: given }] : []),
    { from: 'PATH', path: 'ffmpeg' },
    ...(installed === undefined ? [] : [{ from: '@ffmpeg-installer/ffmpeg', path: installed }]),
  ];
}

/** The package's own install script sets the permission to execute; npm may have been told to run no scripts. */
function installedPath(): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    makeExecutable(path);
    return path;
  } catch {
    return undefined;
  }
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}

/** What a binary is; asked once for each path. */
function factsOf(path: string): Promise<FfmpegFacts> {
  const asked = known.get(path) ?? ask(path);
  known.set(path, asked);
  asked.catch(() => known.delete(path));
  return asked;
}

/** One start tells both: the banner, on stderr, has the versions. */
async function ask(path: string): Promise<FfmpegFacts> {
  const { stdout, stderr } = await run(path, ['-encoders'], { timeout: ASK_TIMEOUT_MS, maxBuffer: 8 * 1024 * 1024 });
  return parseFacts(path, stderr, stdout);
}

/** Reads the banner and the list of encoders. */
export function parseFacts(path: string, banner: string, encoders: string): FfmpegFacts {
  const name = /^ffmpeg version (\S+)/m.exec(banner)?.[1];
  const [avMajor, avMinor] = (/libavutil\s+(\d+)\.\s*(\d+)/.exec(banner) ?? []).slice(1).map(Number);
  if (name === undefined || avMajor === undefined || avMinor === undefined) throw new Error(`'${path}' is no ffmpeg`);
  const release = /^n?(\d+)\.(\d+)/.exec(name);
  const major = release ? Number(release[1]) : avMajor - AVUTIL_OF_FFMPEG_0;
  return {
    path,
    version: name,
    major,
    minor: release ? Number(release[2]) : 0,
    encoders: new Set([...encoders.matchAll(/^ [VAS][.\w]{5} (\S+)/gm)].map((line) => line[1] ?? '')),
    concatOptions: avMajor >= 57,
    fpsMode: avMajor > FPS_MODE_SINCE[0] || (avMajor === FPS_MODE_SINCE[0] && avMinor >= FPS_MODE_SINCE[1]),
    rtspTimeout: avMajor >= 57 ? 'timeout' : 'stimeout',
  };
}
