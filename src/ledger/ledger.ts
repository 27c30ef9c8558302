/** The pure fold of events into the ledger: captured = published + delivered + skipped + Σ dropped + in flight. */
import { type Counts, NO_COUNTS } from './counts.js';
import { type CameraEvent, DROP_CAUSES, type DropCause, PLACES, type Place, type PublishedEvent, type Returned, type Skipped } from '../core/events.js';
import type { Codec } from '../core/frame/frame.js';
import { EMPTY_HISTOGRAM, type Histogram, recorded } from './histogram.js';

/** States of a camera. */
export const CAMERA_STATES = ['idle', 'connecting', 'streaming', 'waiting', 'failed', 'stopped'] as const;
/**
 * `idle`: never subscribed; `connecting`; `streaming`: frames arrive; `waiting`: for the next attempt;
 * `failed`: ended by an error, until a retry; `stopped`: ended by completion or unsubscription.
 */
export type CameraState = (typeof CAMERA_STATES)[number];

/** The encoder that runs, and the reason for its choice. */
export interface EncoderInUse {
  /** Its name in ffmpeg: `libx265`, `hevc_nvenc` … */
  readonly name: string;
  /** Whether it encodes in hardware. */
  readonly hardware: boolean;
  /** The reason for the choice. */
  readonly reason: string;
}

/** The state of the fold. */
export interface Ledger {
  readonly state: CameraState;
  readonly counts: Counts;
  readonly dropped: Readonly<Record<DropCause, number>>;
  /** Pictures that rxcam holds, by place. */
  readonly places: Readonly<Record<Place, number>>;
  readonly times: Readonly<Record<TimingName, Histogram>>;
  /** Bytes of the last access unit. */
  readonly frameBytes: number;
  readonly width: number;
  readonly height: number;
  /** Number of resets of the counts. */
  readonly resets: number;
  /** Total downtime of failures from which the camera has recovered, in ms. */
  readonly downtimeMs: number;
  /** Wall clock of the next attempt while waiting, in ms since 1970. */
  readonly nextAttemptAt?: number;
  /** Code of the last failure. */
  readonly lastError?: string;
  readonly encoder?: EncoderInUse;
  /** Format of the last access unit. */
  readonly codec?: Codec;
}

/**
 * `read`: from one picture to the next; `process`: from decoding to the end of encoding; `write`: from request to acknowledgement;
 * `latency`: from decoding to acknowledgement.
 */
export const TIMING_NAMES = ['read', 'process', 'write', 'latency'] as const;
export type TimingName = (typeof TIMING_NAMES)[number];

/** The ledger before the first event. */
export const EMPTY_LEDGER: Ledger = {
  state: 'idle',
  counts: NO_COUNTS,
  dropped: zeros(DROP_CAUSES),
  places: zeros(PLACES),
  times: { read: EMPTY_HISTOGRAM, process: EMPTY_HISTOGRAM, write: EMPTY_HISTOGRAM, latency: EMPTY_HISTOGRAM },
  frameBytes: 0, width: 0, height: 0, resets: 0, downtimeMs: 0,
};

/** The ledger after one more event. */
export function fold(ledger: Ledger, event: CameraEvent): Ledger {
  switch (event.type) {
    case 'captured': {
      const next = move(add(ledger, 'captured', event.frames), undefined, event.to, event.frames);
      return timed(ledger.state === 'streaming' ? next : { ...next, state: 'streaming' }, 'read', event.readMs);
    }
    case 'skipped':
      return skipped(ledger, event);
    case 'unchanged':
      return move(unchanged(ledger, event.frames), event.from, event.to, event.frames);
    case 'encoded': {
      const next = move(add(ledger, 'encoded', event.frames), event.from, event.to, event.frames);
      return timed({ ...next, codec: event.codec, frameBytes: event.bytes, width: event.width, height: event.height }, 'process', event.processMs);
    }
    case 'moved':
      return move(ledger, event.from, event.to, event.frames);
    case 'delivered':
      return move(countedReference(add(ledger, 'delivered', event.frames), event), event.from, undefined, event.frames);
    case 'returned':
      return returned(ledger, event);
    case 'duplicate':
      return add(ledger, 'duplicates', event.frames);
    case 'dropped':
      return move({ ...ledger, dropped: plus(ledger.dropped, event.cause, event.frames) }, event.from, undefined, event.frames);
    case 'published': {
      const next = published(countedReference(ledger, event), event);
      return timed(timed(move(next, event.from, undefined, event.frames), 'write', event.writeMs), 'latency', event.latencyMs);
    }
    default:
      return foldState(ledger, event);
  }
}

/** A picture delivered before the last reset counts as captured again. */
function returned(ledger: Ledger, { frames, uncounted, to, reference }: Returned): Ledger {
  if (uncounted) return move(add(ledger, 'captured', frames), undefined, to, frames);
  return move(countedReference(add(ledger, 'delivered', -frames), { reference, frames: -frames }), undefined, to, frames);
}

function skipped(ledger: Ledger, { frames, reason, from }: Skipped): Ledger {
  const next = move(add(ledger, 'skipped', frames), from, undefined, frames);
  return reason === 'unchanged' ? unchanged(next, frames) : add(next, 'thinned', frames);
}

function unchanged(ledger: Ledger, frames: number): Ledger {
  return add(add(ledger, 'diff', frames), 'bytesSaved', ledger.frameBytes * frames);
}

function published(ledger: Ledger, { frames, bytes, reference }: PublishedEvent): Ledger {
  const next = add(add(add(ledger, 'published', frames), 'messages', 1), 'bytes', bytes);
  // Pictures found unchanged before the last reset have saved nothing since.
  return reference ? add(next, 'bytesSaved', -Math.min(bytes, ledger.counts.bytesSaved)) : next;
}

function countedReference(ledger: Ledger, { frames, reference }: { readonly frames: number; readonly reference?: true | undefined }): Ledger {
  return reference ? add(ledger, 'references', frames) : ledger;
}

/** Whether a camera in this state is active; waiting for the next attempt counts as active. */
export function isActiveState(state: CameraState): boolean {
  return state === 'connecting' || state === 'streaming' || state === 'waiting';
}

/** Pictures that rxcam holds. */
export function inFlight(ledger: Ledger): number {
  return PLACES.reduce((sum, place) => sum + ledger.places[place], 0);
}

type StateEvent = Exclude<CameraEvent, { frames: number }>;

function foldState(ledger: Ledger, event: StateEvent): Ledger {
  switch (event.type) {
    case 'connecting': return { ...withoutWait(ledger), state: 'connecting' };
    case 'opened': return event.source.width === undefined || ledger.width !== 0
      ? ledger : { ...ledger, width: event.source.width, height: event.source.height ?? 0 };
    case 'readFailure': return add(ledger, 'readFailures', 1);
    case 'failed': return { ...ledger, state: 'failed', lastError: event.error.code };
    case 'retrying': {
      const next: Ledger = { ...add(withoutWait(ledger), 'reconnects', 1), state: 'waiting' };
      return event.nextAttemptAt === undefined ? next : { ...next, nextAttemptAt: event.nextAttemptAt };
    }
    case 'recovered': return { ...ledger, downtimeMs: ledger.downtimeMs + event.downtimeMs };
    case 'encoder': return { ...ledger, encoder: { name: event.encoder, hardware: event.hardware, reason: event.reason } };
    case 'stopped': return { ...withoutWait(ledger), state: 'stopped' };
    case 'reset': return { ...ledger, counts: { ...NO_COUNTS, captured: inFlight(ledger) }, dropped: EMPTY_LEDGER.dropped, times: EMPTY_LEDGER.times, resets: ledger.resets + 1, downtimeMs: 0 };
    default: return ledger;
  }
}

function withoutWait(ledger: Ledger): Ledger {
  if (ledger.nextAttemptAt === undefined) return ledger;
  const { nextAttemptAt: _, ...rest } = ledger;
  return rest;
}

function add(ledger: Ledger, name: keyof Counts, more: number): Ledger {
  return { ...ledger, counts: { ...ledger.counts, [name]: ledger.counts[name] + more } };
}

function move(ledger: Ledger, from: Place | undefined, to: Place | undefined, frames: number): Ledger {
  if (from === to) return ledger;
  const left = from === undefined ? ledger.places : plus(ledger.places, from, -frames);
  return { ...ledger, places: to === undefined ? left : plus(left, to, frames) };
}

function plus<K extends string>(record: Readonly<Record<K, number>>, key: K, more: number): Readonly<Record<K, number>> {
  return { ...record, [key]: record[key] + more };
}

function timed(ledger: Ledger, name: TimingName, ms: number | undefined): Ledger {
  return ms === undefined ? ledger : { ...ledger, times: { ...ledger.times, [name]: recorded(ledger.times[name], ms) } };
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
