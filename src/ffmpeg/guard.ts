/**
 * What stands around a process on Linux, by setpriv: the kernel ends it when Node ends without a word (SIGKILL, out of memory),
 * and nothing that it starts gains rights (`no_new_privs`). Without setpriv a process ends when it next writes to the pipe that
 * is gone, or by its own read timeout while its source is silent.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { childEnvironment } from './environment.js';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
const ASK_TIMEOUT_MS = 2_000;
const DIES_WITH_NODE = ['--pdeathsig', 'KILL'];
const NO_NEW_PRIVS = ['--no-new-privs'];

/** By whether rights may be gained. */
const known = new Map<boolean, readonly string[]>();

/**
 * Words to put before a command; none where there is no such thing. Asked once: not every setpriv knows the options.
 * @param path - of the command: a snap is started by a program that must gain rights
 */
export function guard(path: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  const gains = path.startsWith('/snap/');
  const words = known.get(gains) ?? ask(gains ? [DIES_WITH_NODE] : [[...NO_NEW_PRIVS, ...DIES_WITH_NODE], DIES_WITH_NODE]);
  if (words !== undefined) known.set(gains, words);
  return words ?? [];
}

/** Undefined when nothing could be started: that passes. */
function ask(choices: readonly (readonly string[])[]): readonly string[] | undefined {
  const path = SETPRIV.find((one) => existsSync(one));
  if (path === undefined) return [];
  for (const choice of choices) {
    const { status, error } = spawnSync(path, [...choice, '--', 'true'], { stdio: 'ignore', timeout: ASK_TIMEOUT_MS, env: childEnvironment() });
    if (error !== undefined) return undefined;
    if (status === 0) return [path, ...choice, '--'];
  }
  return [];
}
