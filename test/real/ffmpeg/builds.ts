/** The ffmpeg builds that this machine can run: the one on PATH, and the static one of @ffmpeg-installer. */

import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { SourceInput } from '../../../src/core/source.js';

export interface Build {
  readonly name: string;
  readonly path: string;
}

function runs(path: string): boolean {
  try {
    execFileSync(path, ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function installed(): string | undefined {
  try {
    return (createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }).path;
  } catch {
    return undefined; // there is none for this platform
  }
}

const candidates = [{ name: 'PATH', path: 'ffmpeg' }, { name: 'installer', path: installed() }];

export const BUILDS: readonly Build[] = candidates.filter(
  (build): build is Build => build.path !== undefined && runs(build.path),
);

export const HAS_FFPROBE = runs('ffprobe');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Runs a program until it ends in any way; `onStderr` may kill it. */
export function run(
  path: string, args: readonly string[], input: string | Buffer = '', onStderr?: (text: string, pid: number) => void,
  { env, beside }: Pick<SourceInput, 'env' | 'beside'> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'pipe', env: { ...process.env, ...env } });
    const running = beside?.(child.stdin).subscribe({ error: (error: unknown) => { child.kill(); reject(error as Error); } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.on('error', reject);
    child.stdin.on('error', () => {}); // it may end before it has read
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      onStderr?.(Buffer.concat(stderr).toString(), child.pid!);
    });
    child.on('close', (code, signal) => {
      running?.unsubscribe();
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
    if (beside === undefined) child.stdin.end(input);
  });
}
