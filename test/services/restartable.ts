/** A server that can be killed, suspended, and started again on the same port with the same data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './process.js';

export interface Restartable {
  readonly pid: number;
  readonly alive: boolean;
  /** Ends it with SIGTERM and removes its data. It can't be started again. */
  stop(): Promise<void>;
  /** SIGKILL by default; its data stays. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `kill` or `down`, on the same port with the same data. */
  start(): Promise<void>;
  /** Ends it with SIGTERM; its data stays. */
  down(): Promise<void>;
  /** `down` and `start`. */
  restart(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** The last lines that it printed. */
  tail(): string;
}

/** Creates a server from a function that starts the program; `data` is a folder that `stop` removes. */
export async function restartable(launch: () => Promise<Program>, data?: string): Promise<Restartable> {
  let program: Program;
  try {
    program = await launch();
  } catch (error) {
    removeFolder(data);
    throw error;
  }
  const start = async () => { if (!program.alive) program = await launch(); };
  return {
    get pid() { return program.pid; },
    get alive() { return program.alive; },
    start,
    kill: async (signal) => { await program.kill(signal); },
    down: async () => { await program.stop(); },
    restart: async () => { await program.stop(); await start(); },
    pause: () => { program.pause(); },
    resume: () => { program.resume(); },
    stop: async () => { await program.stop(); removeFolder(data); },
    tail: () => program.tail(),
  };
}

/** Creates a folder in the system's temporary folder. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `rxcam-test-${name}-`));
}

function removeFolder(folder: string | undefined): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
