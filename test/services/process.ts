/**
 * Starts the programs that tests need, and ends them by their pids; none outlives the run. Each has its own process group. On Linux the
 * kernel kills it when the process that started it ends in any way.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const TAIL_LINES = 40;
const SETPRIV = '/usr/bin/setpriv';

export interface ProcessOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Matches the line of stdout or stderr that it prints when it is ready; the match is `Program.ready`. Default: ready at once. */
  ready?: RegExp;
  /** In ms, default 60 000. */
  readyTimeout?: number;
  /** Called with each line of stdout after the one that matches `ready`. */
  onLine?: (line: string) => void;
  /** Keep stdout for the caller (a pipe of bytes) rather than reading it as lines. */
  rawStdout?: boolean;
}

/** A program that runs, or has run. */
export interface Program {
  readonly pid: number;
  readonly stdout: Readable;
  /** The match of `ready`. */
  readonly ready: RegExpExecArray | undefined;
  /** Resolves when the process has ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly alive: boolean;
  /** The last lines that it printed. */
  tail(): string;
  /** Sends a signal (default SIGKILL) to its group and waits until it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then SIGKILL after 10 s. */
  stop(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const running = new Map<number, Child>();

process.on('exit', () => {
  for (const pid of running.keys()) signalGroup(pid, 'SIGKILL');
});

/** The pids of the running programs that this module has started. */
export function startedPids(): ReadonlySet<number> {
  return new Set(running.keys());
}

/** Starts a program and waits until it is ready. */
export async function startProgram(options: ProcessOptions): Promise<Program> {
  const child = spawnChild(options);
  const lines = new Tail();
  const exited = exitOf(child);
  const ready = waitUntilReady(options, child, lines);
  let match: RegExpExecArray | undefined;
  try {
    match = await ready;
  } catch (error) {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    throw error;
  }
  const pid = child.pid as number;
  const program: Program = {
    pid,
    stdout: child.stdout,
    ready: match,
    exited,
    get alive() { return running.has(pid); },
    tail: () => lines.text(),
    kill: async (signal = 'SIGKILL') => {
      if (running.has(pid)) signalGroup(pid, signal);
      await exited;
    },
    stop: async () => {
      if (!running.has(pid)) return;
      signalGroup(pid, 'SIGTERM');
      signalGroup(pid, 'SIGCONT');
      const late = setTimeout(() => { signalGroup(pid, 'SIGKILL'); }, STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(late);
    },
    pause: () => { if (running.has(pid)) signalGroup(pid, 'SIGSTOP'); },
    resume: () => { if (running.has(pid)) signalGroup(pid, 'SIGCONT'); },
  };
  return program;
}

/** Runs a program to its end and returns its stdout; fails with the last lines of stderr if the exit code is not 0. */
export async function run(command: string, args: readonly string[], input?: Buffer): Promise<Buffer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const lines = new Tail();
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  lines.read(child.stderr);
  child.stdin.on('error', () => { /* it may end before it has read everything */ });
  child.stdin.end(input);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}:\n${lines.text()}`);
  return Buffer.concat(stdout);
}

function spawnChild({ command, args, env, cwd }: ProcessOptions): Child {
  const guarded = existsSync(SETPRIV);
  const child = spawn(
    guarded ? SETPRIV : command,
    guarded ? ['--pdeathsig', 'KILL', '--', command, ...args] : args,
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }), env: { ...process.env, ...env } },
  );
  if (child.pid !== undefined) running.set(child.pid, child);
  return child;
}

async function exitOf(child: Child): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) running.delete(child.pid);
      resolve({ code, signal });
    });
  });
}

async function waitUntilReady(options: ProcessOptions, child: Child, lines: Tail): Promise<RegExpExecArray | undefined> {
  const { name, ready, readyTimeout = READY_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => { reject(new Error(`${name} ${why}\n${lines.text()}`)); };
    const timer = setTimeout(() => { fail(`was not ready within ${readyTimeout} ms:`); }, readyTimeout);
    const settle = () => { clearTimeout(timer); };
    child.once('error', (error) => { settle(); fail(`could not be started: ${error.message}`); });
    child.once('exit', (code, signal) => { settle(); fail(`ended with ${code ?? signal} before it was ready:`); });
    const onLine = (line: string) => {
      const match = ready?.exec(line);
      if (match) { settle(); resolve(match); }
    };
    lines.read(child.stderr, onLine);
    let isReady = false;
    if (options.rawStdout !== true) {
      lines.read(child.stdout, (line) => {
        if (isReady) options.onLine?.(line);
        isReady ||= ready === undefined || ready.test(line);
        onLine(line);
      });
    }
    if (ready === undefined) child.once('spawn', () => { settle(); resolve(undefined); });
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last lines that a program printed. */
class Tail {
  readonly #lines: string[] = [];

  read(stream: Readable, onLine?: (line: string) => void): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) this.#add(line, onLine);
    });
    stream.on('end', () => { if (rest !== '') this.#add(rest, onLine); });
  }

  text(): string {
    return this.#lines.join('\n');
  }

  #add(line: string, onLine?: (line: string) => void): void {
    this.#lines.push(line);
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
    onLine?.(line);
  }
}
