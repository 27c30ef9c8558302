/**
 * Kills ffmpeg if Node dies without cleanup (SIGKILL, out of memory), and lets nothing that ffmpeg starts gain rights
 * (`no_new_privs`): the words of Linux's setpriv that go before a command. Without setpriv a process ends at its next write to
 * the broken pipe, or by its own read timeout while its source is silent.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { childEnvironment } from './environment.js';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
const ASK_TIMEOUT_MS = 2_000;
const DIES_WITH_NODE = ['--pdeathsig', 'KILL'];
const NO_NEW_PRIVS = ['--no-new-privs'];

/** By whether rights may be gained. */
const known = new Map<boolean, readonly string[]>();

/** A snap is started by a program that must gain rights. */
const gainsRights = (path: string): boolean => path.startsWith('/snap/');

/**
 * Words to put before a command; none without setpriv, or before {@link askSetpriv} has found it.
 * @param path - of the command
 */
export function setprivWords(path: string): readonly string[] {
  return known.get(gainsRights(path)) ?? [];
}

/**
 * Finds the words for a command, once: not every setpriv knows the options. Never rejects; if the machine can start nothing
 * now, the next call asks again.
 */
export async function askSetpriv(path: string): Promise<void> {
  const gains = gainsRights(path);
  if (process.platform !== 'linux' || known.has(gains)) return;
  const words = await ask(gains ? [DIES_WITH_NODE] : [[...NO_NEW_PRIVS, ...DIES_WITH_NODE], DIES_WITH_NODE]);
  if (words !== undefined) known.set(gains, words);
}

/** Undefined if nothing could be started, which is temporary. */
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

/** Undefined if it could not be tried. */
function works(path: string, choice: readonly string[]): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const started = () => execFile(path, [...choice, '--', 'true'], { timeout: ASK_TIMEOUT_MS, env: childEnvironment() }, (error) => {
      // A number is the status of a process that ran; a system's code, or none, says that it was not started or hung.
      resolve(error === null || (typeof error.code === 'number' ? false : undefined));
    });
    try {
      started();
    } catch {
      resolve(undefined);
    }
  });
}
