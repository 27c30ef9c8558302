/**
 * A prefix for commands that runs Linux's setpriv: it lets the kernel kill ffmpeg if Node dies without cleanup (SIGKILL, out of
 * memory), and keeps ffmpeg from gaining privileges (`no_new_privs`). Without setpriv, ffmpeg ends at its next write to the broken
 * pipe, or by its own read timeout if its source is silent.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { childEnvironment } from './environment.js';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
const ASK_TIMEOUT_MS = 2_000;
const DIES_WITH_NODE = ['--pdeathsig', 'KILL'];
const NO_NEW_PRIVS = ['--no-new-privs'];

/** The prefix, by whether the command needs to gain privileges. */
const prefixes = new Map<boolean, readonly string[]>();

/** Whether a command needs to gain privileges: snap-confine, which starts a snap, does. */
const needsPrivileges = (path: string): boolean => path.startsWith('/snap/');

/**
 * Arguments to put before a command; empty without setpriv, or before {@link findSetpriv} has found it.
 * @param path - of the command
 */
export function setprivPrefix(path: string): readonly string[] {
  return prefixes.get(needsPrivileges(path)) ?? [];
}

/**
 * Tries setpriv, once, because not every version has the options. Never rejects; if the machine can't start a process now, the
 * next call tries again.
 */
export async function findSetpriv(path: string): Promise<void> {
  const isPrivileged = needsPrivileges(path);
  if (process.platform !== 'linux' || prefixes.has(isPrivileged)) return;
  const prefix = await firstSupported(isPrivileged ? [DIES_WITH_NODE] : [[...NO_NEW_PRIVS, ...DIES_WITH_NODE], DIES_WITH_NODE]);
  if (prefix !== undefined) prefixes.set(isPrivileged, prefix);
}

/** The prefix with the first choice of options that works, empty if none does; undefined if no process could be started, which is temporary. */
async function firstSupported(choices: readonly (readonly string[])[]): Promise<readonly string[] | undefined> {
  const path = SETPRIV.find((one) => existsSync(one));
  if (path === undefined) return [];
  for (const choice of choices) {
    const result = await isSupported(path, choice);
    if (result === undefined) return undefined;
    if (result) return [path, ...choice, '--'];
  }
  return [];
}

/** Whether setpriv takes these options; undefined if it could not be tried. */
function isSupported(path: string, choice: readonly string[]): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    try {
      execFile(path, [...choice, '--', 'true'], { timeout: ASK_TIMEOUT_MS, env: childEnvironment() }, (error) => {
        // A number is the status of a process that ran; another code, or none, means that it was not started or hung.
        resolve(error === null || (typeof error.code === 'number' ? false : undefined));
      });
    } catch {
      resolve(undefined);
    }
  });
}
