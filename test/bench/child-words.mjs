/** The command of the ffmpeg that this process runs. Linux: it reads /proc. */
import { readFileSync, readdirSync } from 'node:fs';

/** Its words, without those of what starts it. */
export function childWords() {
  const pids = readdirSync('/proc/self/task').flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' ')).filter(Boolean);
  return pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)).find(([path]) => path.includes('ffmpeg'));
}
