/** CPU time of this program's children, which are its ffmpeg processes, as the system records it (Linux). */
import { readFileSync, readdirSync } from 'node:fs';

/** The unit of /proc on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** CPU time in ms of all children, including those that have ended; undefined if the system does not record it. */
export function childrenCpuMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const ticks = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => sum + ticksOf(pid), 0);
    return ticks * (1000 / TICKS_PER_SECOND);
  } catch {
    return undefined;
  }
}

/** After the name, which may contain anything: state, parent … user and system time. */
function ticksOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // The time of this process's children that have ended.
    if (Number(pid) === process.pid) return Number(fields[13]) + Number(fields[14]);
    return Number(fields[1]) === process.pid ? Number(fields[11]) + Number(fields[12]) : 0;
  } catch {
    return 0;
  }
}
