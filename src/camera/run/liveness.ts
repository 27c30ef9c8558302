/** Tells a source that lives from one that does not: no answer, no first picture, a stall, pictures that do not decode. */
import {
  EMPTY, type Observable, concat, concatMap, defer, distinctUntilChanged, filter, map, merge, of, repeat, scan, skipWhile, switchMap, tap,
  throwError, timer,
} from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineEvent } from '../../core/engine/engine.js';
import { DecodeFailed, SourceTimeout, Stalled } from '../../core/errors/errors.js';

/** Timeouts of a source; ms, but for the count. */
export interface LivenessLimits {
  readonly connectTimeoutMs: number;
  readonly firstFrameTimeoutMs: number;
  readonly readWindowMs: number;
  readonly maxReadFailures: number;
}

/** A read failure: the decoder rejected an access unit, or a window passed without a picture. */
export interface ReadFailureFact { readonly reason: string; readonly inRow: number }

type Phase = 'connecting' | 'waiting' | 'flowing';
type Sign = EngineEvent | { readonly type: 'missed' };

/**
 * Emits a fact for each read failure, and errors when the source must be given up: SourceTimeout, Stalled or
 * DecodeFailed. The clock stands still while reading is paused.
 */
export function liveness(
  events$: Observable<EngineEvent>, paused$: Observable<boolean>, limits: LivenessLimits,
): Observable<ReadFailureFact> {
  const flow = new Flow(limits.readWindowMs);
  const signs$ = merge(of<Sign>({ type: 'progress' }), events$.pipe(
    tap((event) => { if (event.type === 'rejected') flow.rejected(event.reason); }),
    filter(isSign),
    tap((sign) => { if (sign.type === 'captured') flow.captured(sign.pts); }),
  ));
  const windows$ = merge(signs$, paused$).pipe(
    scan((state, next) => advance(state, next, limits), { phase: 'connecting', since: 0, paused: false } as Watch),
    distinctUntilChanged(),
    switchMap((state) => (state.paused ? EMPTY : watch(state, limits, flow))),
  );
  return merge(windows$, events$.pipe(filter((event) => event.type === 'rejected' || event.type === 'captured'))).pipe(
    // Before the first picture the decoder rejects what needs a keyframe that is still to come: no failure.
    skipWhile((sign) => sign.type !== 'captured'),
    scan(count, { inRow: 0, rejected: 0 } as Row),
    filter((row) => row.reason !== undefined),
    concatMap((row) => verdict(row, limits)),
  );
}

interface Row { readonly inRow: number; readonly rejected: number; readonly reason?: string }

function count(row: Row, sign: Sign): Row {
  if (sign.type === 'captured') return { inRow: 0, rejected: 0 };
  if (sign.type === 'rejected') return { inRow: row.inRow + 1, rejected: row.rejected + 1, reason: sign.reason };
  return { inRow: row.inRow + 1, rejected: row.rejected, reason: 'no frame within the read window' };
}

function verdict(row: Row, limits: LivenessLimits): Observable<ReadFailureFact> {
  const fact = of({ reason: row.reason ?? '', inRow: row.inRow });
  if (row.inRow < limits.maxReadFailures) return fact;
  const error = row.rejected * 2 > row.inRow
    ? new DecodeFailed(`${row.inRow} read failures in a row, the last: ${row.reason ?? ''}`)
    : new Stalled(`no frame for ${row.inRow} read windows in a row`);
  return concat(fact, throwError(() => error));
}

interface Watch {
  readonly phase: Phase;
  /** When it began; monotonic time in ms. */
  readonly since: number;
  readonly windowMs?: number;
  readonly paused: boolean;
}

/** Gaps between pictures from which their rate is known. */
const KNOWN_BY_GAPS = 3;

/** How pictures come. */
class Flow {
  /** When the last one came; monotonic time in ms. */
  lastAt = 0;
  #lastPts: number | undefined;
  readonly #gapsMs: number[] = [];

  #rejected = { count: 0, last: '' };

  constructor(readonly leastWindowMs: number) {}

  rejected(reason: string): void {
    this.#rejected = { count: this.#rejected.count + 1, last: reason };
  }

  /** What the decoder has said, for a source that gives no picture. */
  get complaint(): string {
    const { count, last } = this.#rejected;
    return count === 0 ? '' : `: ${count} access units were rejected, the last: ${last}`;
  }

  captured(pts: number): void {
    this.lastAt = mono();
    if (this.#lastPts !== undefined) this.#gapsMs.push((pts - this.#lastPts) / 1000);
    if (this.#gapsMs.length > KNOWN_BY_GAPS) this.#gapsMs.shift();
    this.#lastPts = pts;
  }

  /** Three frame times, for a source that does not state its rate: the least of the last gaps is no stall's. */
  get windowMs(): number {
    const known = this.#gapsMs.length === KNOWN_BY_GAPS;
    return Math.max(this.leastWindowMs, known ? 3 * Math.min(...this.#gapsMs) : 0);
  }
}

function advance(state: Watch, next: Sign | boolean, limits: LivenessLimits): Watch {
  if (typeof next === 'boolean') return { ...state, paused: next };
  if (next.type === 'progress') return { ...state, since: mono() };
  if (next.type === 'captured') return state.phase === 'flowing' ? state : { ...state, phase: 'flowing' };
  const isNew = state.phase === 'connecting';
  const waiting: Watch = isNew ? { ...state, phase: 'waiting', since: mono() } : state;
  if (next.type === 'opened') {
    const { fps } = next.source;
    return { ...waiting, ...(fps !== undefined && fps > 0 && { windowMs: Math.max(limits.readWindowMs, 3_000 / fps) }) };
  }
  return next.type === 'connected' ? waiting : state;
}

function watch({ phase, since, windowMs }: Watch, limits: LivenessLimits, flow: Flow): Observable<Sign> {
  if (phase === 'flowing') return missedWindows(() => windowMs ?? flow.windowMs, flow);
  const [ms, what] = phase === 'connecting'
    ? [limits.connectTimeoutMs, 'no connection'] as const
    : [limits.firstFrameTimeoutMs, 'connected, but no frame'] as const;
  // What the source says of itself meanwhile gives it no more time.
  return timer(Math.max(0, since + ms - mono())).pipe(switchMap(() => throwError(() => new SourceTimeout(`${what} within ${ms} ms${flow.complaint}`))));
}

/** Emits at the end of each window without a picture. A timer started anew for every picture would cost more than all else. */
function missedWindows(windowMs: () => number, flow: Flow): Observable<Sign> {
  return defer(() => {
    let since = mono();
    return defer(() => timer(Math.ceil(Math.max(since, flow.lastAt) + windowMs() - mono()))).pipe(
      filter(() => mono() - Math.max(since, flow.lastAt) >= windowMs()),
      tap(() => { since = mono(); }),
      map((): Sign => ({ type: 'missed' })),
      repeat(),
    );
  });
}

function isSign(sign: Sign): boolean {
  return ['progress', 'connected', 'opened', 'captured'].includes(sign.type);
}
