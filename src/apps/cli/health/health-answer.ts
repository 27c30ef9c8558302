/** The answer of a running program to `rxcam health`: one line of JSON. */
import type { CameraStats } from '../../../ledger/index.js';
import { HEALTH } from '../../../core/defaults/monitoring.js';

/** The state of a program. */
export interface HealthAnswer {
  readonly command: string;
  readonly pid: number;
  readonly version: string;
  /** Time since its start, in ms. */
  readonly upMs: number;
  /** Number of cameras by state. */
  readonly cameras: Readonly<Record<string, number>>;
  /** The first cameras without pictures. */
  readonly trouble: readonly CameraHealth[];
  readonly brokers: readonly { readonly address: string; readonly status: string; readonly error?: string }[];
  /** The name of a worker, and its status in the fleet. */
  readonly worker?: { readonly name: string; readonly status: string };
}

/** The state of a camera in an answer. */
export interface CameraHealth { readonly camera: string; readonly state: string; readonly error?: string | undefined }

/** A broker, or a reading of it. */
export interface BrokerHealth { readonly address: string; readonly state: { readonly status: string; readonly error?: Error | undefined } }

/** The parts of an answer that a command provides. */
export interface ProgramHealth {
  readonly cameras: readonly CameraHealth[];
  readonly brokers: readonly BrokerHealth[];
  readonly worker?: NonNullable<HealthAnswer['worker']>;
}

/** States of a camera that is well; `running`, `ended` and `stopping` are those of a fleet's camera. */
const HEALTHY_STATES = new Set(['streaming', 'running', 'stopped', 'ended', 'stopping']);

/** Counts cameras by state, and lists those in trouble. */
export function summarizeCameras(cameras: readonly CameraHealth[]): Pick<HealthAnswer, 'cameras' | 'trouble'> {
  const counts: Record<string, number> = {};
  for (const { state } of cameras) counts[state] = (counts[state] ?? 0) + 1;
  const trouble = cameras.filter(({ state }) => !HEALTHY_STATES.has(state)).slice(0, HEALTH.maxTrouble);
  return { cameras: counts, trouble: trouble.map(({ camera, state, error }) => ({ camera, state, ...(error !== undefined && { error }) })) };
}

/** The state of a camera, from its statistics. */
export function cameraHealth({ key, stats: { state, lastError } }: { readonly key: string; readonly stats: CameraStats }): CameraHealth {
  return { camera: key, state, error: lastError };
}

/** The states of brokers. */
export function brokerStates(brokers: readonly BrokerHealth[]): HealthAnswer['brokers'] {
  return brokers.map(({ address, state: { status, error } }) => ({ address, status, ...(error !== undefined && { error: error.message }) }));
}

/** Whether a camera in this state is well. */
export function isHealthyState(state: string): boolean {
  return HEALTHY_STATES.has(state);
}

/** Parses an answer. @returns undefined for a text that is not one, such as that of another version of rxcam */
export function parseHealthAnswer(line: string): HealthAnswer | undefined {
  try {
    const { command, pid, version, upMs, cameras, trouble, brokers, worker } = JSON.parse(line) as HealthAnswer;
    const isAnswer = typeof command === 'string' && typeof pid === 'number' && typeof version === 'string' && typeof upMs === 'number'
      && Object.values(cameras).every((count) => typeof count === 'number') && trouble.every(({ camera, state }) => typeof camera === typeof state)
      && brokers.every(({ address, status }) => typeof address === typeof status);
    return isAnswer ? { command, pid, version, upMs, cameras, trouble, brokers, ...(worker !== undefined && { worker }) } : undefined;
  } catch {
    return undefined;
  }
}
