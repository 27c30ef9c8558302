/** Runs the command line as users do: a separate process, built from the current sources. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ffmpegChildren, ledgerBalances } from '../../services/index.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OUT = `${ROOT}.cache/cli-build`;

/** The program's entry, once it is built. */
export const MAIN = `${OUT}/src/apps/cli/main.js`;

/** Builds into a separate folder, so that no other build is disturbed; one test file after the other. */
export async function build(): Promise<void> {
  mkdirSync(`${ROOT}.cache`, { recursive: true });
  const options = ['--outDir', OUT, '--incremental', '--tsBuildInfoFile', `${OUT}/tsbuildinfo`, '--declaration', 'false'];
  const { stdout } = await execa('flock', [`${OUT}.lock`, `${ROOT}node_modules/typescript-7/bin/tsc`, '-p', `${ROOT}tsconfig.json`, ...options], { reject: false });
  if (!existsSync(MAIN)) throw new Error(stdout);
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The counts that `--json` prints. */
export interface Counts {
  readonly captured: number;
  readonly published: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly reconnects: number;
  readonly encoder: string | null;
  readonly cameras?: Readonly<Record<string, Counts>>;
}

/** A run of the program. */
export interface Run {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line on stderr that matches, of those said already or still to come. */
  said(pattern: RegExp): Promise<string>;
  /** The same of stdout. */
  prints(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Closes our end of what it prints. */
  stopReading(): void;
  /** The pids of its ffmpeg processes now. */
  ffmpegs(): number[];
  /** Their arguments, and its own. */
  processList(): string;
}

const started: Run[] = [];

/** Starts the program; `env` is added to this process's own. */
export function start(
  words: readonly string[], { env = {}, nodeOptions = [], nodePath = 'node' }: { env?: Record<string, string>; nodeOptions?: string[]; nodePath?: string } = {},
): Run {
  const child = execa(nodePath, [...nodeOptions, MAIN, ...words], { reject: false, env, stdin: 'ignore' });
  const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
  const pid = child.pid as number;
  const run: Run = {
    pid,
    ended,
    said: listener(child.stderr, ended),
    prints: listener(child.stdout, ended),
    kill: (signal) => { child.kill(signal); },
    stopReading: () => { child.stdout.destroy(); child.stderr.destroy(); },
    ffmpegs: () => ffmpegChildren(pid),
    processList: () => [pid, ...ffmpegChildren(pid)].map((one) => readFileSync(`/proc/${one}/cmdline`, 'latin1')).join('\n'),
  };
  started.push(run);
  return run;
}

/** Waits for lines of a stream, those of before among them. */
function listener(stream: Readable, ended: Promise<Ended>): (pattern: RegExp) => Promise<string> {
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    for (const tell of waiting) tell(line);
  });
  return (pattern) => new Promise((resolve, reject) => {
    const known = lines.find((line) => pattern.test(line));
    if (known !== undefined) resolve(known);
    const tell = (line: string) => { if (pattern.test(line)) { waiting.delete(tell); resolve(line); } };
    waiting.add(tell);
    void ended.then(({ stderr }) => { reject(new Error(`it ended without saying ${pattern}:\n${stderr}`)); });
  });
}

/** Runs it to its end. */
export function run(words: readonly string[], options?: Parameters<typeof start>[1]): Promise<Ended> {
  return start(words, options).ended;
}

/** The object on the last line of stdout; nothing else may be there, and its ledgers must balance. */
export function countsOf({ stdout }: Ended): Counts {
  const lines = stdout.split('\n');
  if (lines.length !== 1) throw new Error(`more than one line on stdout:\n${stdout}`);
  const counts = JSON.parse(lines[0] ?? '') as Counts;
  for (const one of [counts, ...Object.values(counts.cameras ?? {})]) ledgerBalances(one);
  return counts;
}

/** Resolves when none of these processes is alive. */
export async function gone(pids: readonly number[]): Promise<void> {
  const end = performance.now() + 5_000;
  while (pids.some(isAlive)) {
    if (performance.now() > end) throw new Error(`still alive: ${pids.filter(isAlive).join(', ')}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/** Ends what a failed test has left. */
export async function endAll(): Promise<void> {
  for (const one of started) one.kill('SIGKILL');
  await Promise.all(started.splice(0).map((one) => one.ended));
}

/** A zombie has ended: only its parent has not heard of it. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
