/**
 * Kills ffmpeg if Node dies without cleanup (SIGKILL, out of memory), and keeps its children from gaining privileges
 * (`no_new_privs`): a prefix for commands that runs Linux's setpriv. Without setpriv, a process ends at its next write to the
 * broken pipe, or by its own read timeout if its source is silent.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { childEnvironment } from './environment.js';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
const ASK_TIMEOUT_MS = 2_000;
const DIES_WITH_NODE = ['--pdeathsig', 'KILL'];
const NO_NEW_PRIVS = ['--no-new-privs'];

/** The words before the command, by whether privileges may be gained. */
const known = new Map<boolean, readonly string[]>();

/** snap-confine, which starts a snap, must gain privileges. */
const gainsRights = (path: string): boolean => path.startsWith('/snap/');

/**
 * Arguments to put before a command; empty without setpriv, or before {@link askSetpriv} has found it.
 * @param path - of the command
 */
export function setprivWords(path: string): readonly string[] {
  return known.get(gainsRights(path)) ?? [];
}

/**
 * Finds the arguments for setpriv, once: not every version has the options. Never rejects; if the machine can't start a
 * process now, the next call asks again.
 */
export async function askSetpriv(path: string): Promise<void> {
  const gains = gainsRights(path);
  if (process.platform !== 'linux' || known.has(gains)) return;
  const words = await ask(gains ? [DIES_WITH_NODE] : [[...NO_NEW_PRIVS, ...DIES_WITH_NODE], DIES_WITH_NODE]);
  if (words !== undefined) known.set(gains, words);
}

/** Undefined if no process could be started, which is temporary. */
async function ask(choices: readonly (readonly string[])[]): Promise<readonly string[] | undefined> {
  const path = SETPRIV.find((one) => existsSync(one));
  if (path === undefined) return [];
  for (const choice of choices) {
    const result = await works(path, choice);
    if (result === undefined) return undefined;
    if (result) return [path, ...choice, '--'];
  }
  return [];
}

/** Whether setpriv takes these options; undefined if it could not be tried. */
function works(path: string, choice: readonly string[]): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const started = () => execFile(path, [...choice, '--', 'true'], { timeout: ASK_TIMEOUT_MS, env: childEnvironment() }, (error) => {
      // A number is the status of a process that ran; a system error, or none, means that it was not started or hung.
      resolve(error === null || (typeof error.code === 'number' ? false : undefined));
    });
    try {
      started();
    } catch {
      resolve(undefined);
    }
  });
}
