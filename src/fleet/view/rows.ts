/** Rows as workers write them. Another version may have written them, or any user of the broker: each member is checked. */
import { readObject } from '../worker-protocol.js';

/** A row about a worker. */
export interface WorkerRow {
  readonly at: number;
  readonly status: string;
  readonly isLeader: boolean;
  readonly generation: number;
  readonly version: string;
  readonly capacity: number;
  readonly load: number;
  readonly cameras: number;
  readonly labels: readonly string[];
  readonly dashboard: string | undefined;
  readonly host: string | undefined;
}

/** A row about a camera. */
export interface CameraRow {
  readonly at: number;
  readonly worker: string;
  readonly state: string;
  readonly slot: number | undefined;
  readonly epoch: number | undefined;
  readonly fpsIn: number | undefined;
  readonly fpsOut: number | undefined;
  readonly fpsWanted: number | undefined;
  readonly published: number | undefined;
  readonly dropped: Readonly<Record<string, number>>;
  readonly isSlow: boolean;
  readonly downSince: number | undefined;
  readonly error: string | undefined;
  readonly errorAt: number | undefined;
  readonly cost: number | undefined;
}

const MAX_TEXT = 500;
const MAX_LABELS = 50;

/** Returns undefined for a row that is not a worker's. */
export function workerRow(text: string): WorkerRow | undefined {
  const { at, status, leader, generation, version, capacity, load, cameras, labels, dashboard, host } = readObject(text);
  if (!isNumber(at) || typeof status !== 'string') return undefined;
  return {
    at, status: cut(status), isLeader: leader === true, generation: numberOf(generation) ?? 0, version: textOf(version) ?? '',
    capacity: numberOf(capacity) ?? 0, load: numberOf(load) ?? 0, cameras: numberOf(cameras) ?? 0,
    labels: Array.isArray(labels) ? labels.filter((one) => typeof one === 'string').slice(0, MAX_LABELS).map(cut) : [],
    dashboard: browserAddress(dashboard), host: textOf(host),
  };
}

/** Returns undefined for a row that is not a worker's. */
export function cameraRow(text: string): CameraRow | undefined {
  const { at, worker, state, slot, epoch, in: fpsIn, out: fpsOut, wanted, published, dropped, slow, down, error, errorAt, cost } = readObject(text);
  if (!isNumber(at) || typeof worker !== 'string' || typeof state !== 'string') return undefined;
  const causes = Object.entries((dropped ?? {}) as Record<string, unknown>).filter((entry): entry is [string, number] => isNumber(entry[1]));
  return {
    at, worker: cut(worker), state: cut(state), slot: numberOf(slot), epoch: numberOf(epoch), fpsIn: numberOf(fpsIn), fpsOut: numberOf(fpsOut),
    fpsWanted: numberOf(wanted), published: numberOf(published), dropped: Object.fromEntries(causes), isSlow: slow === true,
    downSince: numberOf(down), error: textOf(error), errorAt: numberOf(errorAt), cost: numberOf(cost),
  };
}

/** An address that a browser may open: http or https, without credentials, token or fragment. */
export function browserAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_TEXT || !URL.canParse(value)) return undefined;
  const { protocol, origin, pathname } = new URL(value);
  return protocol === 'http:' || protocol === 'https:' ? `${origin}${pathname}` : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function numberOf(value: unknown): number | undefined {
  return isNumber(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(value) : undefined;
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
