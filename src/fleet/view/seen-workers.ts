/** The last report of each worker about itself, and whether it is gone. */
import { VIEW } from '../../core/defaults/fleet.js';
import { type RowTime, rowTime } from './row-time.js';
import { type WorkerRow, workerRow } from './rows.js';
import type { FleetWorkerStatus } from './types.js';

interface Known { readonly row: WorkerRow; readonly heard: RowTime }

type Status = FleetWorkerStatus['status'];
/** In the order of a list, those in trouble first; an unknown status of another version is shown with the members. */
const STATUSES: readonly Status[] = ['gone', 'lapsed', 'draining', 'joining', 'member'];

export class SeenWorkers {
  readonly #workers = new Map<string, Known>();
  /** Workers that have drained: they have removed their rows. */
  readonly #left = new Set<string>();

  take(worker: string, text: string | undefined, isLive: boolean): void {
    const row = text === undefined ? undefined : workerRow(text);
    if (text === undefined) {
      this.#workers.delete(worker);
      this.#left.add(worker);
    }
    if (row === undefined) return;
    this.#left.delete(worker);
    const before = this.#workers.get(worker);
    // The row was read before: its age does not change.
    if (before?.row.at === row.at) return;
    this.#workers.set(worker, { row, heard: rowTime(row.at, isLive) });
  }

  get names(): ReadonlySet<string> { return new Set(this.#workers.keys()); }

  /** Workers that no longer report, and those that have drained. */
  gone(now: number): ReadonlySet<string> {
    const newest = this.#newest(now);
    return new Set([...this.#left, ...[...this.#workers].filter(([, known]) => isGone(known, newest, now)).map(([worker]) => worker)]);
  }

  statuses(now: number): FleetWorkerStatus[] {
    const gone = this.gone(now);
    const all = [...this.#workers].filter(([, { heard }]) => now - heard.mono < VIEW.forgetMs)
      .map(([worker, { row, heard }]) => statusOf(worker, row, heard, gone.has(worker)));
    return all.sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) || (a.worker < b.worker ? -1 : 1));
  }

  /** Whether a worker that counts as gone may only have a wrong clock. */
  isDoubtful(now: number): boolean {
    return [...this.gone(now)].some((worker) => !this.isProvenGone(worker, now));
  }

  /** Whether the group has had a round without this worker, which is proof without a clock. */
  isProvenGone(worker: string, now: number): boolean {
    if (this.#left.has(worker)) return true;
    const known = this.#workers.get(worker);
    return known !== undefined && this.gone(now).has(worker) && known.row.generation < this.#newest(now);
  }

  /** The newest round that a live worker has taken part in. */
  #newest(now: number): number {
    return Math.max(-1, ...[...this.#workers.values()].filter(({ heard }) => now - heard.mono <= VIEW.staleMs).map(({ row }) => row.generation));
  }
}

/** A worker that has missed a round and a report is gone before its last report is old. */
function isGone({ row, heard }: Known, newest: number, now: number): boolean {
  const age = now - heard.mono;
  return age > VIEW.staleMs || (row.generation < newest && age > VIEW.missedMs);
}

function statusOf(worker: string, row: WorkerRow, heard: RowTime, isGoneNow: boolean): FleetWorkerStatus {
  const { isLeader, version, capacity, load, cameras, labels, dashboard, host } = row;
  const known = STATUSES.find((status) => status === row.status) ?? 'member';
  return {
    worker, status: isGoneNow ? 'gone' : known, isLeader: isLeader && !isGoneNow, heardAt: heard.at, version, capacity, load, cameras, labels,
    ...(dashboard !== undefined && { dashboard }), ...(host !== undefined && { host }),
  };
}
