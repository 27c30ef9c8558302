/** The answer of a running program to `rxcam health`: one line of JSON. */
import type { Broker } from '../../../broker/index.js';
import type { CameraStats } from '../../../ledger/index.js';
import { HEALTH } from '../../../core/defaults/watching.js';

/** The state of a program. */
export interface Answer {
  readonly command: string;
  readonly pid: number;
  readonly version: string;
  readonly upMs: number;
  /** Number of cameras by state. */
  readonly cameras: Readonly<Record<string, number>>;
  /** The first cameras without pictures. */
  readonly trouble: readonly CameraWords[];
  readonly brokers: readonly { readonly address: string; readonly status: string; readonly error?: string }[];
  /** A worker, and its status in the fleet. */
  readonly worker?: { readonly name: string; readonly status: string };
}

/** A camera in an answer. */
export interface CameraWords { readonly camera: string; readonly state: string; readonly error?: string | undefined }

/** The program's own parts of an answer. */
export interface Said {
  readonly cameras: readonly CameraWords[];
  readonly brokers: readonly Broker[];
  readonly worker?: NonNullable<Answer['worker']>;
}

/** States of a camera that is well: `ended` and `stopping` are those of a fleet's camera. */
const WELL = new Set(['streaming', 'running', 'stopped', 'ended', 'stopping']);

/** The states of cameras, and those that are in trouble. */
export function camerasIn(cameras: readonly CameraWords[]): Pick<Answer, 'cameras' | 'trouble'> {
  const counts: Record<string, number> = {};
  for (const { state } of cameras) counts[state] = (counts[state] ?? 0) + 1;
  const trouble = cameras.filter(({ state }) => !WELL.has(state)).slice(0, HEALTH.maxTrouble);
  return { cameras: counts, trouble: trouble.map(({ camera, state, error }) => ({ camera, state, ...(error !== undefined && { error }) })) };
}

/** A camera by its statistics. */
export function cameraWords({ key, stats: { state, lastError } }: { readonly key: string; readonly stats: CameraStats }): CameraWords {
  return { camera: key, state, error: lastError };
}

/** The states of brokers. */
export function brokersIn(brokers: readonly Broker[]): Answer['brokers'] {
  return brokers.map(({ address, state: { status, error } }) => ({ address, status, ...(error !== undefined && { error: error.message }) }));
}

/** Whether a camera in this state is well. */
export function isWell(state: string): boolean {
  return WELL.has(state);
}

/** @returns undefined for anything that is not an answer: another version of rxcam may have made it */
export function parseAnswer(line: string): Answer | undefined {
  try {
    const { command, pid, version, upMs, cameras, trouble, brokers, worker } = JSON.parse(line) as Answer;
    const isAnswer = typeof command === 'string' && typeof pid === 'number' && typeof version === 'string' && typeof upMs === 'number'
      && Object.values(cameras).every((count) => typeof count === 'number') && trouble.every(({ camera, state }) => typeof camera === typeof state)
      && brokers.every(({ address, status }) => typeof address === typeof status);
    return isAnswer ? { command, pid, version, upMs, cameras, trouble, brokers, ...(worker !== undefined && { worker }) } : undefined;
  } catch {
    return undefined;
  }
}
