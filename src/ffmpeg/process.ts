/** One ffmpeg process: started in a group of its own, ended for certain, never left behind. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import { PROCESS } from '../limits.js';
import { guard } from './guard.js';

/** Processes that live now; ended with this one. */
const living = new Set<ChildProcessWithoutNullStreams>();
let isWatching = false;

/**
 * Starts a process with its three pipes and a fourth to read from. A terminal's Ctrl-C does not reach it: it is the program's to handle.
 * @param onGone - called once when the process is gone, however it ended
 */
export function start(path: string, args: readonly string[], onGone: () => void): ChildProcessWithoutNullStreams {
  const [command = path, ...words] = [...guard(), path, ...args];
  const child = withoutReadAhead(() => spawn(command, words, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true,
  }));
  living.add(child);
  watchExit();
  let isGone = false;
  const gone = () => {
    living.delete(child);
    if (!isGone) onGone();
    isGone = true;
  };
  child.once('exit', gone);
  child.once('error', gone);
  // A child that dies while it is written to is reported by its exit.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Pipes made meanwhile stop reading as soon as they are paused. `spawn` has no option for it. */
function withoutReadAhead<T>(make: () => T): T {
  const usual = getDefaultHighWaterMark(false);
  setDefaultHighWaterMark(false, 1);
  try {
    return make();
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

/** Ends a process: SIGTERM, then SIGKILL. A stopped one is ended by the second. */
export function stop(child: ChildProcessWithoutNullStreams): void {
  // Nobody reads any more: a process that blocks on a full pipe must not wait for a reader.
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
    // Gone in the meantime; its exit is reported.
  }
}

function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', () => {
    for (const child of living) signal(child, 'SIGKILL');
  });
}
