/** `rxcam fleet status`: workers, and cameras with their owners. */
import { auditTime, combineLatest, lastValueFrom, take, takeUntil, tap } from 'rxjs';
import { FLEET } from '../../../core/defaults/fleet.js';
import { plain, stop$ } from '../program/index.js';
import type { OpenFleet } from './place.js';
import { tableOf } from './table.js';

/** Age of a row after which its worker counts as gone; ms. */
const STALE_MS = 3 * FLEET.statusMs;

type Words = Readonly<Record<string, unknown>>;
interface Shown { readonly json: boolean; readonly isWatched: boolean }

/** Prints the state of the fleet; with `isWatched` again after each change. */
export async function status({ coordinator }: OpenFleet, { json, isWatched }: Shown): Promise<void> {
  const tables$ = combineLatest({
    cameras: tableOf(coordinator, 'cameras'), workers: tableOf(coordinator, 'workers'), reports: tableOf(coordinator, 'reports'),
  }).pipe(
    auditTime(isWatched ? 1_000 : 100),
    tap(({ cameras, workers, reports }) => { process.stdout.write(json ? jsonOf(cameras, workers, reports) : textOf(cameras, workers, reports)); }),
  );
  await lastValueFrom(tables$.pipe(isWatched ? takeUntil(stop$) : take(1)), { defaultValue: undefined });
}

type Table = ReadonlyMap<string, string>;

/** One line of JSON. */
function jsonOf(cameras: Table, workers: Table, reports: Table): string {
  return `${JSON.stringify({ workers: Object.fromEntries(workersIn(workers)), cameras: Object.fromEntries(camerasIn(cameras, reports)) })}\n`;
}

function textOf(cameras: Table, workers: Table, reports: Table): string {
  const lines = [
    ...rows([['worker', 'status', 'load', 'capacity', 'cameras', 'version'], ...workersIn(workers).map(([name, one]) =>
      [name, `${shown(one['status'])}${one['leader'] === true ? ', leads' : ''}`, ...['load', 'capacity', 'cameras', 'version'].map((of) => shown(one[of]))])]),
    '',
    ...rows([['camera', 'worker', 'state', 'fps in', 'fps out', 'cost', 'error'], ...camerasIn(cameras, reports).map(([key, one]) =>
      [key, ...['worker', 'state', 'in', 'out', 'cost', 'error'].map((of) => shown(one[of]))])]),
  ];
  return `${lines.map((line) => plain(line).trimEnd()).join('\n')}\n`;
}

function workersIn(table: Table): [string, Words][] {
  return [...table].filter(([key]) => key.startsWith('worker/')).map(([key, value]): [string, Words] => [key.slice('worker/'.length), wordsOf(value)])
    .map(([name, words]): [string, Words] => [name, isStale(words) ? { ...words, status: 'gone' } : words]).sort(byName);
}

/** Each camera that is wanted: `unowned` if no worker has reported it lately. */
function camerasIn(cameras: Table, reports: Table): [string, Words][] {
  return [...cameras.keys()].map((key): [string, Words] => {
    const words = wordsOf(reports.get(key));
    return [key, words['at'] === undefined || isStale(words) ? { state: 'unowned' } : words];
  }).sort(byName);
}

function isStale({ at }: Words): boolean {
  return typeof at !== 'number' || Date.now() - at > STALE_MS;
}

function wordsOf(text: string | undefined): Words {
  try {
    return JSON.parse(text ?? '{}') as Words;
  } catch {
    return {};
  }
}

function shown(value: unknown): string {
  return value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
}

function rows(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0]?.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0))) ?? [];
  return cells.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
