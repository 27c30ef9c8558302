/** Starts and ends ffmpeg processes, each in its own process group; none is left running when Node exits. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import { PROCESS } from '../../core/defaults/limits.js';
import { childEnvironment, setprivPrefix } from '../binary/index.js';

/** Running processes, which are killed when Node exits. */
const running = new Set<ChildProcessWithoutNullStreams>();
let killsAtExit = false;

/** How a process is started. */
export interface SpawnOptions {
  /** Niceness, 0 (default) to 19: how much it yields to other processes. */
  readonly nice?: number | undefined;
  /** Environment variables in addition to those that every process gets. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a process with the three standard pipes and a fourth to read from. A terminal's Ctrl-C does not reach it, because the program
 * handles that.
 * @param onGone - called once when the process has ended, for any reason
 * @throws the system's error if no process can be started
 */
export function startProcess(path: string, args: readonly string[], options: SpawnOptions, onGone: () => void): ChildProcessWithoutNullStreams {
  let isGone = false;
  const gone = () => {
    if (!isGone) onGone();
    isGone = true;
  };
  try {
    return spawnChild(path, args, options, gone);
  } catch (error) {
    gone();
    throw error;
  }
}

function spawnChild(path: string, args: readonly string[], { nice = 0, env }: SpawnOptions, onGone: () => void): ChildProcessWithoutNullStreams {
  const [command = path, ...words] = [...setprivPrefix(path), path, ...args];
  const child = withoutReadAhead(() => spawn(command, words, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true, env: { ...childEnvironment(), ...env },
  }));
  if ((child.stdio as unknown) === undefined) throw noPipesError(child);
  if (nice !== 0 && child.pid !== undefined) lowerPriority(child.pid, nice);
  running.add(child);
  killAtExit();
  const gone = () => {
    running.delete(child);
    onGone();
  };
  child.once('exit', gone);
  child.once('error', gone);
  // If the child ends during a write, its exit is reported.
  child.stdin.on('error', () => undefined);
  return child;
}

/** If no file descriptor is left, Node creates no pipes and reports the reason only later. */
function noPipesError(child: ChildProcessWithoutNullStreams): Error {
  child.once('error', () => undefined);
  return Object.assign(new Error('no file descriptor is left for the pipes of a process'), { code: 'EMFILE' });
}

/** Sets the niceness before the process starts its threads, which inherit it. Does nothing if the process has already ended. */
function lowerPriority(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended; its exit is reported.
  }
}

/** Calls `make`; pipes that it creates stop reading as soon as they are paused. `spawn` has no option for that. */
function withoutReadAhead<T>(make: () => T): T {
  const usual = getDefaultHighWaterMark(false);
  setDefaultHighWaterMark(false, 1);
  try {
    return make();
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

/** Ends a process with SIGTERM, and after `PROCESS.killAfterMs` with SIGKILL, which also ends a stopped process. */
export function stopProcess(child: ChildProcessWithoutNullStreams): void {
  // A process that writes to a full pipe then gets an error and ends, in place of waiting for a reader.
  for (const stream of child.stdio) stream?.destroy();
  if (!running.has(child)) return;
  sendSignal(child, 'SIGTERM');
  const timer = setTimeout(() => { sendSignal(child, 'SIGKILL'); }, PROCESS.killAfterMs);
  child.once('exit', () => { clearTimeout(timer); });
}

function sendSignal(child: ChildProcessWithoutNullStreams, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // It has just ended; its exit is reported.
  }
}

function killAtExit(): void {
  if (killsAtExit) return;
  killsAtExit = true;
  process.once('exit', () => {
    for (const child of running) sendSignal(child, 'SIGKILL');
  });
}
