/**
 * The account of every picture, over random schedules: pictures and failures of a camera, users who come and go, operators
 * of their own in between, resets. After every event the sums balance, and every picture is where it was said to be.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type MonoTypeOperatorFunction, type Observable, type Subscription, asyncScheduler, bufferCount, concatMap, delay, filter, from, map, mergeMap, retry as rxRetry, switchMap, take, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { expectLedger, fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { deliver } from '../../../operators/deliver.js';
import { encodeH265 } from '../../../operators/encode-h265.js';
import { resize } from '../../../operators/resize.js';
import { retry } from '../../../operators/retry.js';
import { skipRate } from '../../../operators/skip-rate.js';
import { hubOf } from '../../../src/camera/camera.js';
import type { CameraEvent } from '../../../src/core/events.js';
import type { EncodedFrame, Frame } from '../../../src/core/frame/frame.js';
import { EMPTY_LEDGER, fold, inFlight } from '../../../src/ledger/ledger.js';

const SECOND = 1_000;
/** Attempts that fail without end are unsubscribed then. */
const END_MS = 20 * SECOND;

type Step = MonoTypeOperatorFunction<Frame>;

/** Steps of rxcam and operators of a user's, by name. */
const STEPS: Readonly<Record<string, () => Step>> = {
  skip: () => skipRate(2),
  thin: () => skipRate({ fps: 8 }),
  resize: () => resize({ width: 32 }),
  same: () => map((one) => one),
  copy: () => map((one) => ({ ...one })),
  odd: () => filter(({ seq }) => seq % 2 === 1),
  late: () => delay(30),
  mixed: () => mergeMap((one) => timer((one.seq * 37) % 100).pipe(map(() => one))),
  newest: () => switchMap((one) => timer(25).pipe(map(() => one))),
  twice: () => mergeMap((one) => [one, { ...one }]),
  again: () => mergeMap((one) => from([0, 70]).pipe(mergeMap((ms) => timer(ms)), map(() => one))),
  groups: () => (source) => source.pipe(bufferCount(3), concatMap((list) => from(list))),
  some: () => take(7),
  bug: () => tap(({ seq }) => { if (seq === 5) throw new Error("a bug in the user's code"); }),
  retry: () => retry<Frame>({ initialMs: 400, maxMs: 900 }),
};

const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 5 });
const script = fc.tuple(
  fc.array(fc.tuple(fc.constantFrom('f', 'f', 'f', 'f', 'r', 'k'), fc.integer({ min: 0, max: 150 })), { maxLength: 25 }),
  fc.constantFrom('', '|', 'R', 'C', 'U', 'X'),
).map(([list, last]) => `o${list.map(([letter, ms]) => ` ${ms}ms ${letter}`).join('')}${last === '' ? '' : ` 20ms ${last}`}`);
const deed = fc.record({ do: fc.constantFrom('subscribe', 'subscribe', 'unsubscribe', 'reset', 'retryNow'), atMs: fc.integer({ min: 0, max: 8 * SECOND }) });
const schedule = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 4 }),
  live: fc.boolean(),
  encodeMs: fc.constantFrom(0, 0, 20, 120),
  killMs: fc.constantFrom(0, 300),
  steps,
  end: fc.constantFrom('none', 'encode', 'encode', 'deliver', 'encode, deliver'),
  retry: fc.constantFrom('none', 'rxcam', 'rxjs'),
  deeds: fc.array(deed, { maxLength: 8 }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

function pipeline(camera: Observable<Frame>, { steps: names, end, retry: last }: Schedule): Observable<unknown> {
  const frames$ = names.reduce((source, name) => source.pipe((STEPS[name] as () => Step)()), camera);
  const coded$: Observable<Frame | EncodedFrame> = end.startsWith('encode') ? frames$.pipe(encodeH265({ mode: 'stream', gop: 4 })) : frames$;
  const sunk$: Observable<unknown> = end.endsWith('deliver') ? coded$.pipe(deliver(() => timer(45), { concurrency: 2 })) : coded$;
  if (last === 'none') return sunk$;
  return sunk$.pipe(last === 'rxcam' ? retry({ initialMs: 400, maxMs: 900 }) : rxRetry({ delay: 300 }));
}

/** Follows each picture by what is said of it, without a look at the fold. */
class Trace {
  readonly #places = new Map<string, string>();
  readonly problems: string[] = [];

  see(event: CameraEvent): void {
    if (!('frames' in event)) return;
    const picture = `${event.run}/${event.seq}`;
    const place = this.#places.get(picture);
    if (event.type === 'captured') {
      if (place !== undefined) this.problems.push(`${picture} was captured twice`);
      this.#places.set(picture, event.to);
    } else if (event.type === 'returned') {
      if (place !== 'delivered') this.problems.push(`${picture} came back from the user, but was ${place ?? 'nowhere'}`);
      this.#places.set(picture, event.to);
    } else if (event.type !== 'duplicate') {
      if (place !== event.from) this.problems.push(`${picture} ${event.type} from ${event.from}, but was ${place ?? 'nowhere'}`);
      this.#places.set(picture, 'to' in event ? event.to : event.type);
    }
  }

  /** Pictures that came to no end. */
  get left(): string[] {
    return [...this.#places].filter(([, place]) => !['delivered', 'skipped', 'dropped', 'published'].includes(place)).map(([picture]) => picture);
  }
}

function play(one: Schedule): void {
  marbles(({ flush }) => {
    const { scripts, live, encodeMs, killMs, deeds } = one;
    const gate = fakeCamera(scripts, { live, encodeMs, killMs, readWindowMs: 200, minStartIntervalMs: 250, firstFrameTimeoutMs: 2 * SECOND });
    const ledger = expectLedger(gate);
    const trace = new Trace();
    const hub = hubOf(gate);
    let folded = EMPTY_LEDGER;
    gate.events$.subscribe((event) => {
      trace.see(event);
      folded = fold(folded, event);
      if (!isDeepStrictEqual(hub?.ledger.tally.snapshot(), folded)) trace.problems.push(`the tally is not what the fold says after ${event.type}`);
    });
    const users: Subscription[] = [];
    const subscribe = () => { users.push(pipeline(gate, one).subscribe({ error: () => { /* It is reported as an event. */ } })); };
    subscribe();
    for (const { do: what, atMs } of deeds) {
      asyncScheduler.schedule(() => {
        if (what === 'subscribe') subscribe();
        else if (what === 'unsubscribe') users.shift()?.unsubscribe();
        else if (what === 'reset') gate.resetStats();
        else gate.retryNow();
      }, atMs);
    }
    asyncScheduler.schedule(() => { for (const user of users) user.unsubscribe(); }, END_MS);
    flush();
    expect(trace.problems).toEqual([]);
    expect(trace.left).toEqual([]);
    ledger.verifySettled();
    expect(gate.processes.running).toBe(0);
    expect(['stopped', 'failed']).toContain(gate.stats.state);
  });
}

describe('the ledger', () => {
  it('balances after every event, and each picture is where it was said to be', () => {
    fc.assert(fc.property(schedule, play), { numRuns: Number(process.env['RXCAM_LEDGER_RUNS'] ?? 300) });
  }, 120_000);

  it('keeps what is in flight as captured when the counts are reset', () => {
    const at = { camera: 'gate', run: 1, at: 0 };
    const captured = (seq: number): CameraEvent => ({ ...at, type: 'captured', seq, frames: 1, pts: 0, to: 'encoder' });
    const before = [captured(1), captured(2), { ...at, type: 'skipped', seq: 1, frames: 1, from: 'encoder', reason: 'rate' } as const].reduce(fold, EMPTY_LEDGER);
    const after = fold(before, { ...at, type: 'reset' });
    expect(after.counts).toMatchObject({ captured: 1, skipped: 0 });
    expect(inFlight(after)).toBe(1);
    expect(before.counts).toMatchObject({ captured: 2, skipped: 1 });
  });
});
