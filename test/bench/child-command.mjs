/** The command of the ffmpeg process that this process runs. Linux only: it reads /proc. */
import { readFileSync, readdirSync } from 'node:fs';

/** Path and arguments of the child process whose program is ffmpeg; undefined if there is none. */
export function childCommand() {
  const pids = readdirSync('/proc/self/task').flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' ')).filter(Boolean);
  return pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)).find(([path]) => path.includes('ffmpeg'));
}
