/**
 * Temporary files of downloads. Each belongs to one download, and its name identifies the process, so that the next process can remove
 * the files of one that crashed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { wall } from '../../core/clock.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import type { Validators } from '../client/index.js';

const HOST = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);
const NAME = /^[0-9a-f]{64}\.([0-9a-f]{8})\.(\d+)\.[0-9a-f]{8}\.part$/;

/** The temporary file of one download. */
export class PartialFile {
  readonly path: string;
  /** Bytes that are stored. */
  bytes = 0;
  /** Bytes of the whole file. */
  total = 0;
  validators: Validators = {};

  constructor(readonly folder: string, readonly key: string) {
    this.path = path.join(folder, `${key}.${HOST}.${process.pid}.${randomBytes(4).toString('hex')}.part`);
    remember(this.path);
  }

  /** Gives the file its final name. */
  async publish(name: string): Promise<void> {
    await rename(this.path, path.join(this.folder, name));
    files.delete(this.path);
  }

  /** Removes the file, if it exists; synchronously, so that unsubscribing can call it. */
  discard(): void {
    files.delete(this.path);
    rmSync(this.path, { force: true });
  }
}

const files = new Set<string>();
let removesAtExit = false;

function remember(file: string): void {
  files.add(file);
  if (removesAtExit) return;
  removesAtExit = true;
  process.once('exit', () => { for (const one of files) rmSync(one, { force: true }); });
}

const sweeps = new Map<string, Promise<void>>();

/** Removes files of crashed processes from a folder, at its first use in this process. */
export function removeAbandoned(folder: string): Promise<void> {
  const begun = sweeps.get(folder) ?? removeLeftovers(folder).catch(() => { /* the download itself reports the error */ });
  sweeps.set(folder, begun);
  return begun;
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === undefined) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file);
    if (isLeftover(host, Number(pid), mtimeMs)) await rm(file, { force: true });
  }
}

/** Another host's processes can't be checked: a file without a write for a day is a leftover. */
function isLeftover(host: string, pid: number, writtenAtMs: number): boolean {
  if (host !== HOST) return wall() - writtenAtMs > DOWNLOAD.foreignPartMs;
  // In a container, the process id is the same after each start.
  if (pid === process.pid) return writtenAtMs < wall() - process.uptime() * 1_000;
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
