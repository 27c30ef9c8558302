/** Texts about the cameras and workers of a fleet: states, and the reasons for trouble. */
import type { Condition, FleetCameraWire, FleetWorkerWire } from '../../page-data.js';
import { type FleetStore } from '../fleet-store.js';
import { type StateLabel } from './camera-states.js';
import { countText, duration, fps } from './figures.js';

const CAMERAS: Readonly<Record<Condition, StateLabel>> = {
  unplaced: { word: 'Unplaced', shape: '✖', tone: 'bad' },
  unowned: { word: 'No worker', shape: '✖', tone: 'bad' },
  down: { word: 'Down', shape: '▲', tone: 'bad' },
  impaired: { word: 'Impaired', shape: '◆', tone: 'warn' },
  starting: { word: 'Starting', shape: '◐', tone: 'off' },
  well: { word: 'Streaming', shape: '●', tone: 'good' },
  ended: { word: 'Ended', shape: '□', tone: 'off' },
};
const WORKERS: Readonly<Record<FleetWorkerWire['status'], StateLabel>> = {
  gone: { word: 'Gone', shape: '✖', tone: 'bad' },
  lapsed: { word: 'Without lease', shape: '▲', tone: 'bad' },
  draining: { word: 'Draining', shape: '◆', tone: 'warn' },
  joining: { word: 'Joining', shape: '◐', tone: 'warn' },
  member: { word: 'Running', shape: '●', tone: 'good' },
};

/** The label of the button that filters cameras by this condition. */
export const filterLabel = (condition: Condition): string => CAMERAS[condition].word;

export function fleetCameraState({ condition, state, dropping }: FleetCameraWire): StateLabel {
  const shown = CAMERAS[condition];
  if (condition === 'impaired') return { ...shown, word: Object.keys(dropping).length > 0 ? 'Dropping' : 'Slow' };
  if (condition === 'starting' && state === 'connecting') return { ...shown, word: 'Connecting' };
  return condition === 'starting' && state === 'stopping' ? { ...shown, word: 'Moving' } : shown;
}

export function workerState({ status }: FleetWorkerWire): StateLabel {
  return WORKERS[status];
}

/** Why a camera is in trouble; empty if it is not. */
export function troubleText(camera: FleetCameraWire, fleet: FleetStore, now: number): string {
  const { condition, error, errorAt, dropping, fpsIn = 0, fpsWanted = 0 } = camera;
  if (condition === 'unowned') return noWorkerText(camera, fleet);
  if (condition === 'impaired') {
    const drops = Object.entries(dropping).map(([cause, pictures]) => `${countText(pictures)} dropped in the last few seconds: ${cause}`);
    return drops.length > 0 ? drops.join(', ') : `${fps(fpsIn)} of the requested ${fps(fpsWanted)} pictures a second arrive`;
  }
  if (error === undefined || (condition !== 'down' && condition !== 'unplaced')) return '';
  return errorAt === undefined ? error : `${error} (${duration(now - errorAt)} ago)`;
}

function noWorkerText({ worker }: FleetCameraWire, { facts }: FleetStore): string {
  if (worker === undefined) return 'No worker has reported it';
  const others = facts?.workers.filter(({ status }) => status !== 'gone') ?? [];
  if (others.some(({ id }) => id === worker)) return `Its worker ${worker} no longer reports it`;
  return `Its worker ${worker} is gone: ${others.length > 0 ? 'another one takes it over within seconds' : 'no worker is left to take it over'}`;
}

/** `2 unplaced, 1 worker gone`; empty if all is well. */
export function headline(fleet: FleetStore): { readonly bad: readonly string[]; readonly warn: readonly string[] } {
  const workers = fleet.facts?.workers ?? [];
  const some = (text: string, n: number) => (n === 0 ? [] : [`${n} ${text}`]);
  const gone = workers.filter(({ status }) => status === 'gone').length;
  return {
    bad: [
      ...(fleet.facts?.answers === false ? ['coordinator away'] : []), ...some('unplaced', fleet.count('unplaced')),
      ...some('without a worker', fleet.count('unowned')), ...some('down', fleet.count('down')), ...some(gone === 1 ? 'worker gone' : 'workers gone', gone),
    ],
    warn: some('impaired', fleet.count('impaired')),
  };
}
