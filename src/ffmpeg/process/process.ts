/** Starts and ends one ffmpeg process, in its own process group; none is ever left running. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import { PROCESS } from '../../core/defaults/limits.js';
import { childEnvironment, setprivWords } from '../binary/index.js';

/** Running processes; ended when Node exits. */
const living = new Set<ChildProcessWithoutNullStreams>();
let isWatching = false;

/** How a process is started. */
export interface SpawnOptions {
  /** Niceness, 0 (default) to 19: how much it yields to other processes. */
  readonly nice?: number | undefined;
  /** Environment variables in addition to those that every process gets. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a process with its three pipes and a fourth to read from. A terminal's Ctrl-C does not reach it: the program handles that.
 * @param onGone - called once when the process has ended, for any reason
 * @throws the system's error if it can't start a process
 */
export function startProcess(path: string, args: readonly string[], how: SpawnOptions, onGone: () => void): ChildProcessWithoutNullStreams {
  let isGone = false;
  const gone = () => {
    if (!isGone) onGone();
    isGone = true;
  };
  try {
    return started(path, args, how, gone);
  } catch (error) {
    gone();
    throw error;
  }
}

function started(path: string, args: readonly string[], { nice = 0, env }: SpawnOptions, onGone: () => void): ChildProcessWithoutNullStreams {
  const [command = path, ...words] = [...setprivWords(path), path, ...args];
  const child = withoutReadAhead(() => spawn(command, words, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true, env: { ...childEnvironment(), ...env },
  }));
  if ((child.stdio as unknown) === undefined) throw withoutPipes(child);
  if (nice !== 0 && child.pid !== undefined) lowerPriority(child.pid, nice);
  living.add(child);
  watchExit();
  const gone = () => {
    living.delete(child);
    onGone();
  };
  child.once('exit', gone);
  child.once('error', gone);
  // If the child dies during a write, its exit reports that.
  child.stdin.on('error', () => undefined);
  return child;
}

/** If no file descriptor is left, Node creates no pipes and reports the reason only later. */
function withoutPipes(child: ChildProcessWithoutNullStreams): Error {
  child.once('error', () => undefined);
  return Object.assign(new Error('no file descriptor is left for the pipes of a process'), { code: 'EMFILE' });
}

/** Sets the niceness before the process starts its threads, which inherit it. Ignored if the process has already ended. */
function lowerPriority(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended, which is reported.
  }
}

/** Pipes created during this call stop reading as soon as they are paused. `spawn` has no option for that. */
function withoutReadAhead<T>(make: () => T): T {
  const usual = getDefaultHighWaterMark(false);
  setDefaultHighWaterMark(false, 1);
  try {
    return make();
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

/** Ends a process: SIGTERM, then SIGKILL, which also ends a stopped one. */
export function stopProcess(child: ChildProcessWithoutNullStreams): void {
  // The pipe no longer has a reader: a process that blocks on a full pipe must not wait for one.
  for (const stream of child.stdio) stream?.destroy();
  if (!living.has(child)) return;
  signal(child, 'SIGTERM');
  const timer = setTimeout(() => { signal(child, 'SIGKILL'); }, PROCESS.killAfterMs);
  child.once('exit', () => { clearTimeout(timer); });
}

function signal(child: ChildProcessWithoutNullStreams, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // It has ended meanwhile; its exit is reported.
  }
}

function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', () => {
    for (const child of living) signal(child, 'SIGKILL');
  });
}
