/** The last report of each camera, its condition, and the changes since each version. */
import { mono } from '../../core/clock.js';
import { VIEW } from '../../core/defaults/fleet.js';
import { conditionOf } from './conditions.js';
import { type RowTime, rowTime } from './row-time.js';
import { type CameraRow, cameraRow } from './rows.js';
import { CONDITIONS, type CameraChanges, type FleetCameraStatus } from './types.js';

/** Causes that need no attention: a camera that was stopped, lost, or moved to another worker. */
const HARMLESS = new Set(['stopped', 'capture-lost', 'fenced']);

const BY_NAME = new Intl.Collator('en', { numeric: true });

type Counts = Readonly<Record<string, number>>;
interface Report { readonly row: CameraRow; readonly heard: RowTime; readonly drops: { readonly at: number; readonly causes: Counts } }
interface Shown { readonly status: FleetCameraStatus; readonly report: Report | undefined; readonly version: number }

/** Largest number of removed cameras that are listed. */
const MAX_GONE = 10_000;
const NO_DROPS = { at: -Infinity, causes: {} };

export class SeenCameras {
  readonly #reports = new Map<string, Report>();
  readonly #shown = new Map<string, Shown>();
  /** Removed cameras, each with the version in which it was missing; the oldest entries are discarded. */
  readonly #gone = new Map<string, number>();
  #forgottenAt = 0;
  /** Sorted names; undefined after the set of names has changed. */
  #names: readonly string[] | undefined;
  #wanted: ReadonlyMap<string, unknown> = new Map();
  #version = 0;

  get all(): Iterable<FleetCameraStatus> {
    return [...this.#shown.values()].map(({ status }) => status);
  }

  /** The worst first, then by name. */
  get sorted(): FleetCameraStatus[] {
    // Sorting a thousand names takes time: only after a change.
    this.#names ??= [...this.#shown.keys()].sort((a, b) => BY_NAME.compare(a, b));
    const groups = new Map(CONDITIONS.map((condition) => [condition, [] as FleetCameraStatus[]]));
    for (const name of this.#names) {
      const status = this.#shown.get(name)?.status;
      if (status !== undefined) groups.get(status.condition)?.push(status);
    }
    return [...groups.values()].flat();
  }

  want(cameras: ReadonlyMap<string, unknown>): void {
    this.#wanted = cameras;
  }

  configOf(key: string): unknown {
    return this.#wanted.get(key);
  }

  take(key: string, text: string | undefined, isLive: boolean): void {
    const row = text === undefined ? undefined : cameraRow(text);
    if (row === undefined) {
      if (text === undefined) this.#reports.delete(key);
      return;
    }
    const before = this.#reports.get(key);
    if (before?.row.at === row.at && before.row.worker === row.worker) return;
    const heard = rowTime(row.at, isLive);
    if (before !== undefined && isOutdated(row, before, heard)) return;
    this.#reports.set(key, { row, heard, drops: dropsOf(row, before) });
  }

  /** @param isGone - whether a worker is gone, by the age of its last report of a camera */
  look(now: number, isGone: (worker: string, ageMs: number) => boolean): void {
    const version = this.#version + 1;
    for (const key of this.#keys(now)) {
      const [report, shown] = [this.#reports.get(key), this.#shown.get(key)];
      const isDropping = report !== undefined && now - report.drops.at <= VIEW.droppingMs;
      const isStale = report !== undefined && (now - report.heard.mono > VIEW.staleMs || isGone(report.row.worker, now - report.heard.mono));
      const condition = conditionOf(report?.row, { isDropping, isStale });
      const wasDropping = Object.keys(shown?.status.dropping ?? {}).length > 0;
      if (shown !== undefined && shown.report === report && shown.status.condition === condition && wasDropping === isDropping) continue;
      if (shown === undefined) this.#names = undefined;
      this.#shown.set(key, { status: statusOf(key, condition, report, isDropping), report, version });
      this.#gone.delete(key);
      this.#version = version;
    }
    this.#forget(now, version);
  }

  since(version: number): CameraChanges {
    const isWhole = version <= this.#forgottenAt;
    const changed = [...this.#shown.values()].filter((one) => isWhole || one.version > version).map(({ status }) => status);
    const gone = isWhole ? [] : [...this.#gone].filter(([, at]) => at > version).map(([key]) => key);
    return { version: this.#version, isWhole, changed, gone };
  }

  /** Whether a camera counts as without a worker only because its worker's report is old by the clock. */
  isDoubtful(isProvenGone: (worker: string) => boolean): boolean {
    return [...this.#shown.values()].some(({ status: { condition }, report }) =>
      condition === 'unowned' && (report === undefined || !isProvenGone(report.row.worker)));
  }

  /** The requested cameras; if a program sets the cameras itself, the reported ones. */
  *#keys(now: number): Generator<string> {
    yield* this.#wanted.keys();
    for (const [key, { heard }] of this.#reports) {
      if (!this.#wanted.has(key) && now - heard.mono <= (this.#wanted.size === 0 ? VIEW.forgetMs : VIEW.staleMs)) yield key;
    }
  }

  #forget(now: number, version: number): void {
    const keys = new Set(this.#keys(now));
    for (const key of this.#shown.keys()) {
      if (keys.has(key)) continue;
      this.#shown.delete(key);
      this.#names = undefined;
      this.#reports.delete(key);
      this.#gone.set(key, version);
      this.#version = version;
    }
    for (const [key, at] of this.#gone) {
      if (this.#gone.size <= MAX_GONE) break;
      this.#gone.delete(key);
      this.#forgottenAt = at;
    }
  }
}

/** A worker that was suspended may still report cameras that another one has: of two reports, the one with the higher epoch is used. */
function isOutdated(row: CameraRow, before: Report, heard: RowTime): boolean {
  const { worker, epoch } = before.row;
  const isOlder = row.epoch !== undefined && epoch !== undefined && row.epoch < epoch;
  return worker !== row.worker && isOlder && heard.mono - before.heard.mono <= VIEW.staleMs;
}

/** Counts restart with another owner, or another run. */
function dropsOf(row: CameraRow, before: Report | undefined): Report['drops'] {
  if (before?.row.worker !== row.worker || before.row.epoch !== row.epoch) return NO_DROPS;
  const more = Object.entries(row.dropped).map(([cause, count]) => [cause, count - (before.row.dropped[cause] ?? 0)] as const);
  const causes = Object.fromEntries(more.filter(([cause, count]) => count > 0 && !HARMLESS.has(cause)));
  return Object.keys(causes).length === 0 ? before.drops : { at: mono(), causes };
}

function statusOf(key: string, condition: FleetCameraStatus['condition'], report: Report | undefined, isDropping: boolean): FleetCameraStatus {
  if (report === undefined) return { key, condition, dropped: {}, dropping: {} };
  const { row: { at: _, isSlow: __, ...row }, heard, drops } = report;
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Partial<FleetCameraStatus> & Pick<CameraRow, 'dropped'>;
  return { ...known, key, condition, heardAt: heard.at, dropping: isDropping ? drops.causes : {} };
}
