/** The CPU time of this program's children, its ffmpeg processes, as the system records it (Linux). */
import { readFileSync, readdirSync } from 'node:fs';

/** Unit of times in /proc, on each Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** CPU time in ms of all children, including those that have ended; undefined if the system does not record it. */
export function childCpuMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const ticks = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => sum + ticksOf(pid), 0);
    return ticks * (1000 / TICKS_PER_SECOND);
  } catch {
    return undefined;
  }
}

/** CPU time of a child; 0 for any other process. Of this process, that of its ended children. */
function ticksOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The fields after the name, which may contain any character: state, parent, …, user and system time, those of ended children.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(pid) === process.pid) return Number(fields[13]) + Number(fields[14]);
    return Number(fields[1]) === process.pid ? Number(fields[11]) + Number(fields[12]) : 0;
  } catch {
    return 0;
  }
}
