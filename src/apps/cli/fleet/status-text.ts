/** The state of a fleet as text: a summary of the trouble, then workers and cameras, those in trouble first. */
import { CONDITIONS, type FleetCameraStatus, type FleetCondition, type FleetStatus, type FleetWorkerStatus } from '../../../fleet/index.js';
import { type Paint, type Style, counted, cut, unpainted, withoutControls } from '../program/index.js';
import { ageText } from './age.js';

/** The size and the colours of the output; without `columns` and `rows` it is not limited. */
export interface TextLayout { readonly columns?: number; readonly rows?: number; readonly paint?: Paint }

/** Conditions of a camera that sends no pictures. */
const WORST: ReadonlySet<FleetCondition> = new Set(['unplaced', 'unowned', 'down']);
const TROUBLE: ReadonlySet<FleetCondition> = new Set([...WORST, 'impaired']);
const STYLES: Readonly<Partial<Record<FleetCondition, Style>>> = {
  unplaced: 'red', unowned: 'red', down: 'red', impaired: 'yellow', starting: 'cyan',
};
const WORKER_STYLES: Readonly<Partial<Record<FleetWorkerStatus['status'], Style>>> = {
  gone: 'red', lapsed: 'red', draining: 'yellow', joining: 'cyan',
};
/** Marks that show trouble without colour. */
const MARKS: Readonly<Record<FleetCondition, string>> = { unplaced: '✗', unowned: '✗', down: '▲', impaired: '◆', starting: '◐', well: ' ', ended: '□' };
/** Longest name that is shown in full. */
const MAX_NAME = 32;
/** Number of lines in addition to those of workers and cameras: headings, the line about omitted cameras, and that of the cursor. */
const OTHER_LINES = 7;

type Cell = string | number | undefined;
interface Line {
  readonly cells: readonly Cell[];
  readonly style?: Style | undefined;
  /** The reason, after the figures or in place of them. */
  readonly reason?: string | undefined;
}

const WORKER_TITLES = ['worker', 'status', 'heard', 'load', 'cameras', 'version'];
const NAMES = ['', 'camera', 'state', 'for', 'worker', 'heard'];
const FIGURES = ['fps in', 'out', 'dropped', 'cores'];
const NUMERIC = new Set([...FIGURES, 'cameras']);

export function statusText(state: FleetStatus, address: string, { columns = Infinity, rows = Infinity, paint = unpainted }: TextLayout = {}): string {
  const { cameras, workers, at } = state;
  const room = Math.max(1, rows - OTHER_LINES - workers.length);
  const shown = cameras.length <= room ? cameras : cameras.slice(0, room);
  const lines = [
    ...headline(state, address, columns, paint),
    ...table(WORKER_TITLES, workers.map((worker) => workerLine(worker, at)), columns, paint),
    ...table([...NAMES, ...FIGURES], shown.map((camera) => cameraLine(camera, state)), columns, paint),
    ...leftOut(cameras.slice(shown.length)),
  ];
  return `${lines.join('\n')}\n`;
}

/** A text that changes when workers, owners or conditions change, but not with ages and figures. */
export function statusChanges({ answers, workers, cameras }: FleetStatus): string {
  const facts = [workers.map(({ worker, status }) => [worker, status]), cameras.map(({ key, condition, worker }) => [key, condition, worker])];
  return JSON.stringify([answers, ...facts]);
}

/** The state of a fleet as one line of JSON. */
export function statusJson({ name, at, answers, heardAt, counts, workers, cameras }: FleetStatus): string {
  const ageOf = (heard: number | undefined) => (heard === undefined ? {} : { ageMs: Math.max(0, at - heard) });
  const aged = <T extends { readonly heardAt?: number }>(one: T) => ({ ...one, ...ageOf(one.heardAt) });
  return `${JSON.stringify({
    fleet: name, at, answers, heardAt, counts,
    workers: Object.fromEntries(workers.map(({ worker, ...one }) => [worker, aged(one)])),
    cameras: Object.fromEntries(cameras.map(({ key, ...one }) => [key, aged({ ...one, ...(one.condition === 'unowned' && { state: 'unowned' }) })])),
  })}\n`;
}

/** The first lines: the trouble, if there is any, and notices about a broker that does not answer and about an empty fleet. */
function headline({ name, at, answers, heardAt, cameras, workers, counts }: FleetStatus, address: string, columns: number, paint: Paint): string[] {
  const gone = workers.filter(({ status }) => status === 'gone').length;
  const trouble = [
    ...CONDITIONS.filter((condition) => TROUBLE.has(condition) && counts[condition] > 0).map((condition) => `${counts[condition]} ${condition}`),
    ...(gone > 0 ? [`${counted(gone, 'worker')} gone`] : []),
  ];
  const isBad = gone > 0 || [...WORST].some((condition) => counts[condition] > 0);
  const calm = cameras.length === 0 ? 'no cameras' : counts.well === cameras.length ? 'all well' : 'no trouble';
  const words = trouble.join(', ') || calm;
  const facts = `   ${withoutControls(name)} on ${withoutControls(address)}: ${counted(cameras.length, 'camera')}, ${counted(workers.length - gone, 'worker')}`;
  const style = isBad ? 'red' : trouble.length > 0 ? 'yellow' : 'green';
  const lines = [paint(style, paint('bold', cut(words, columns))) + cut(facts, Math.max(0, columns - words.length))];
  const old = `The broker does not answer: this is the state of the fleet ${ageText(at - heardAt)} ago. Cameras keep running, and their messages wait.`;
  if (!answers) lines.unshift(paint('red', cut(old, columns)));
  if (workers.length === 0) lines.push('There is no worker: start one by rxcam worker.');
  if (cameras.length === 0) lines.push('The fleet has no cameras: add some by rxcam fleet apply.');
  return lines;
}

function workerLine({ worker, status, isLeader, heardAt, load, capacity, cameras, version }: FleetWorkerStatus, at: number): Line {
  const had = status === 'gone' ? 'had ' : '';
  return {
    style: WORKER_STYLES[status],
    cells: [
      worker, `${status}${isLeader ? ', leads' : ''}`, `${ageText(at - heardAt)} ago`, `${had}${load.toFixed(2)} of ${Number(capacity.toFixed(2))} cores`,
      `${had}${cameras}`, version,
    ],
  };
}

/** The line of a camera. One that sends no pictures has a reason in place of figures. */
function cameraLine(camera: FleetCameraStatus, { at, workers }: FleetStatus): Line {
  const { key, condition, worker, state, fpsIn, fpsOut, fpsWanted, dropped, cost, heardAt, downSince } = camera;
  const shown = TROUBLE.has(condition) || state === 'running' ? condition : state;
  const since = condition === 'down' && downSince !== undefined ? ageText(at - downSince) : undefined;
  const names = [MARKS[condition], key, shown, since, worker, heardAt === undefined ? undefined : `${ageText(at - heardAt)} ago`];
  const style = STYLES[condition];
  const reason = reasonOf(camera, at, workers);
  if (WORST.has(condition)) return { cells: names, style, reason: reason ?? '' };
  const out = fpsWanted === undefined || condition !== 'impaired' ? fpsOut?.toFixed(1) : `${fpsOut?.toFixed(1) ?? '-'} of ${fpsWanted.toFixed(1)}`;
  const total = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { cells: [...names, fpsIn?.toFixed(1), out, total, cost?.toFixed(2)], style, reason };
}

/** The reason for the trouble of a camera; undefined if there is none, or it is not known. */
function reasonOf(camera: FleetCameraStatus, at: number, workers: readonly FleetWorkerStatus[]): string | undefined {
  const { condition, worker, error, errorAt, dropping } = camera;
  if (condition === 'unowned') {
    if (worker === undefined) return 'no worker has reported it';
    const owner = workers.find((one) => one.worker === worker);
    const others = workers.some(({ status }) => status !== 'gone');
    const next = others ? 'another one takes it over within seconds' : 'there is no other worker to take it over';
    return owner === undefined || owner.status === 'gone' ? `its worker is gone: ${next}` : 'its worker no longer reports it';
  }
  if (condition === 'impaired') {
    const drops = Object.entries(dropping).map(([cause, count]) => `${count} dropped recently (${cause})`);
    return drops.length === 0 ? 'too few pictures' : drops.join(', ');
  }
  if (error === undefined || !WORST.has(condition)) return undefined;
  return errorAt === undefined ? error : `${error} (${ageText(at - errorAt)} ago)`;
}

/** The line about omitted cameras: `… and 288 more: 280 well, 8 starting; --all prints them`. */
function leftOut(cameras: readonly FleetCameraStatus[]): string[] {
  if (cameras.length === 0) return [];
  const counts = CONDITIONS.map((condition) => [cameras.filter((one) => one.condition === condition).length, condition] as const);
  const words = counts.filter(([count]) => count > 0).map(([count, condition]) => `${count} ${condition}`);
  return [`… and ${cameras.length} more: ${words.join(', ')}; --all prints them`];
}

function table(titles: readonly string[], lines: readonly Line[], columns: number, paint: Paint): string[] {
  if (lines.length === 0) return [];
  const rows = lines.map(({ cells }) => cells.map((cell) => cut(withoutControls(cell === undefined ? '-' : String(cell)), MAX_NAME)));
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const padded = (cell: string, index: number) => {
    const width = widths[index] ?? 0;
    return NUMERIC.has(titles[index] ?? '') ? cell.padStart(width) : cell.padEnd(width);
  };
  const lineOf = (row: readonly string[], reason: string | undefined) => {
    const words = [...row.map(padded), ...(reason === undefined ? [] : [withoutControls(reason)])];
    return cut(words.join('  ').trimEnd(), columns);
  };
  return ['', paint('bold', lineOf(titles, undefined)), ...lines.map(({ style, reason }, index) => {
    const line = lineOf(rows[index] ?? [], reason);
    return style === undefined ? line : paint(style, line);
  })];
}
