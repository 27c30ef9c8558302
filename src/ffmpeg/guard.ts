/**
 * What ends a process when Node ends without a word (SIGKILL, out of memory): on Linux the kernel, which setpriv asks. Without
 * it a process ends when it next writes to the pipe that is gone, or by its own read timeout while its source is silent.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
const ASK_TIMEOUT_MS = 2_000;

let known: readonly string[] | undefined;

/** Words to put before a command; none where there is no such thing. Asked once: not every setpriv knows the option. */
export function guard(): readonly string[] {
  known ??= process.platform === 'linux' ? ask() : [];
  return known;
}

function ask(): readonly string[] {
  const path = SETPRIV.find((one) => existsSync(one));
  if (path === undefined) return [];
  const words = [path, '--pdeathsig', 'KILL', '--'];
  return spawnSync(path, [...words.slice(1), 'true'], { stdio: 'ignore', timeout: ASK_TIMEOUT_MS }).status === 0 ? words : [];
}
