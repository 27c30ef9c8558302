/** Statistics for people: snapshots of the ledger with rates over the last window. */
import { EMPTY, type Observable, connect, defer, distinctUntilChanged, endWith, filter, ignoreElements, map, merge, scan, switchMap, takeUntil } from 'rxjs';
import { mono, ticks, wall } from './clock.js';
import { type Shares, decided } from './counts.js';
import type { CameraEvent, DropCause, Place } from './events.js';
import type { Codec } from './frame.js';
import { type Timing, timing } from './histogram.js';
import { type CameraState, type Counts, EMPTY_LEDGER, type EncoderInUse, type Ledger, fold, inFlight, isAtWork } from './ledger.js';

/** Per second, over the last window. */
export interface Rates {
  readonly captured: number;
  readonly published: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly dropped: number;
  /** Bytes published. */
  readonly bytes: number;
}

/** One value of `stats$`. Counts are of pictures since the camera's creation or its last reset, all runs together. */
export interface CameraStats extends Counts, Shares {
  /** Wall clock in ms since 1970. */
  readonly at: number;
  readonly state: CameraState;
  readonly dropped: Readonly<Record<DropCause, number>>;
  readonly droppedTotal: number;
  readonly inFlight: number;
  readonly inFlightBy: Readonly<Record<Place, number>>;
  readonly rate: Rates;
  /** From one picture to the next, ms. */
  readonly read: Timing;
  /** From decoding to the end of encoding, ms. */
  readonly process: Timing;
  /** From request to acknowledgement, ms. */
  readonly write: Timing;
  /** From decoding to acknowledgement, ms. */
  readonly latency: Timing;
  /** Bytes of the last access unit. */
  readonly frameBytes: number;
  readonly width: number;
  readonly height: number;
  readonly downtimeMs: number;
  readonly nextAttemptAt?: number;
  readonly lastError?: string;
  readonly encoder?: EncoderInUse;
  /** What the last access unit is. */
  readonly codec?: Codec;
}

const NO_RATES: Rates = { captured: 0, published: 0, delivered: 0, skipped: 0, dropped: 0, bytes: 0 };

/** The statistics of a ledger. */
export function statsOf(ledger: Ledger, rate: Rates = NO_RATES): CameraStats {
  const { counts, dropped, places, times, frameBytes, width, height, downtimeMs } = ledger;
  const { fullRate, skipRate, diffRate } = decided(counts);
  return {
    at: wall(), state: ledger.state, ...counts, dropped, droppedTotal: droppedTotal(ledger),
    inFlight: inFlight(ledger), inFlightBy: places, rate, fullRate, skipRate, diffRate,
    read: timing(times.read), process: timing(times.process), write: timing(times.write), latency: timing(times.latency),
    frameBytes, width, height, downtimeMs,
    ...(ledger.nextAttemptAt !== undefined && { nextAttemptAt: ledger.nextAttemptAt }),
    ...(ledger.lastError !== undefined && { lastError: ledger.lastError }),
    ...(ledger.encoder !== undefined && { encoder: ledger.encoder }),
    ...(ledger.codec !== undefined && { codec: ledger.codec }),
  };
}

/** Folds events, and gives the ledger after each. */
export function ledgerOf(events$: Observable<CameraEvent>): Observable<Ledger> {
  return events$.pipe(scan(fold, EMPTY_LEDGER));
}

/**
 * A value every `everyMs` while the camera is at work, and at once whenever its state changes, its counts are reset, or
 * its last frame comes to rest after it stopped.
 * @param initial - the ledger at the time of subscription
 */
export function sampled(ledger$: Observable<Ledger>, everyMs: number, initial: () => Ledger = () => EMPTY_LEDGER): Observable<CameraStats> {
  return defer(() => ledger$.pipe(
    connect((shared$) => {
      const turns$ = shared$.pipe(map(turningPoint), distinctUntilChanged(), map(() => 'turn' as const));
      const busy$ = shared$.pipe(map(isBusy), distinctUntilChanged());
      const ticks$ = busy$.pipe(switchMap((busy) => (busy ? ticks(everyMs) : EMPTY)), map(() => 'tick' as const));
      const due$ = merge(turns$, ticks$).pipe(takeUntil(shared$.pipe(ignoreElements(), endWith(true))));
      return merge(shared$, due$);
    }),
    scan(step, startAt(initial())),
    map((state) => state.stats),
    filter((stats) => stats !== undefined),
  ));
}

interface Mark { readonly at: number; readonly ledger: Ledger }

interface Sampling {
  readonly ledger: Ledger;
  /** Since the last tick; since the one before it. Both since the start of work until there was one. */
  readonly window: Mark;
  readonly longWindow: Mark;
  readonly stats?: CameraStats;
}

function startAt(ledger: Ledger): Sampling {
  const mark = { at: mono(), ledger };
  return { ledger, window: mark, longWindow: mark };
}

/**
 * A new ledger is only kept; a tick makes a value of it, with rates since the tick before. A change of state may follow a
 * tick closely, and rates over a few ms say nothing: it takes the window before as well.
 */
function step(state: Sampling, next: Ledger | 'tick' | 'turn'): Sampling {
  const { ledger, window, longWindow } = state;
  if (typeof next === 'object') return isBusy(ledger) ? { ledger: next, window, longWindow } : { ...startAt(ledger), ledger: next };
  const at = mono();
  const since = next === 'tick' ? window : longWindow;
  const stats = statsOf(ledger, rates(since.ledger, ledger, at - since.at));
  return next === 'tick' ? { ledger, window: { at, ledger }, longWindow: window, stats } : { ledger, window, longWindow, stats };
}

function rates(before: Ledger, after: Ledger, ms: number): Rates {
  const per = (from: number, to: number) => (ms <= 0 ? 0 : (Math.max(0, to - from) * 1000) / ms);
  const of = (name: keyof Counts) => per(before.counts[name], after.counts[name]);
  return {
    captured: of('captured'), published: of('published'), delivered: of('delivered'), skipped: of('skipped'),
    dropped: per(droppedTotal(before), droppedTotal(after)), bytes: of('bytes'),
  };
}

function droppedTotal(ledger: Ledger): number {
  return Object.values(ledger.dropped).reduce((sum, one) => sum + one, 0);
}

function isBusy(ledger: Ledger): boolean {
  return isAtWork(ledger.state) || inFlight(ledger) > 0;
}

/** Changes whenever a value is due at once. */
function turningPoint(ledger: Ledger): string {
  return `${ledger.state}/${ledger.encoder?.name ?? ''}/${String(!isBusy(ledger))}/${ledger.resets}`;
}
