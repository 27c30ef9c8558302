import { type Observable, bufferCount, concatMap, delay, filter, from, map, merge, mergeMap, share, switchMap, take, takeUntil, tap, timer } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { resize } from '../operators/resize.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { toMessage } from '../operators/to-message.js';
import { type Pressure, ownerOf } from '../src/ledger/frame-record.js';
import { Capture, planOf } from '../src/camera/capture.js';
import type { EncodedFrame, Frame } from '../src/core/frame/frame.js';
import { expectEvents, expectLedger, expectParts, fakeCamera, marbles } from './kit/index.js';
import { digits } from './values.js';

/** A column is a second. */
const seconds = (test: (helpers: RunHelpers) => void) => { marbles(test, { columnMs: 1_000 }); };
const same = map(<T>(value: T) => value);
const frame = encodeH265({ mode: 'frame' });

describe('camera', () => {
  it('does nothing before it is subscribed', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('fff');
      gate.pipe(skipRate(2), frame);
      expectEvents(gate, '', { c: { type: 'connecting' } });
      expectSubscriptions(gate.subscriptions).toBe([]);
      expect(gate.stats).toMatchObject({ state: 'idle', captured: 0 });
    });
  });

  it('is a Capture that other copies know by its symbol', () => {
    const gate = fakeCamera('', { key: 'gate' });
    expect(gate).toBeInstanceOf(Capture);
    expect(gate.key).toBe('gate');
    expect((gate as unknown as Record<symbol, unknown>)[Symbol.for('rxcam.plan')]).toBe(planOf(gate));
    expect(planOf(gate.pipe(same))).toBeUndefined();
  });

  it('numbers its pictures, and states when each was decoded', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -o-f--f|';
      const subs = '     ^------!';
      const expected = ' ---a--b|';
      const gate = fakeCamera(source, { live: false });
      expectEvents(gate, 'ao----', { a: { type: 'connecting', attempt: 1, address: 'fake:fake', run: 1 }, o: { type: 'opened', attempt: 1 } });
      expectParts(gate, expected, { a: { seq: 1, run: 1, capturedAt: 3, pts: 0 }, b: { seq: 2, capturedAt: 6, pts: 40_000 } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('reports everything that happens, in order', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-o-f-f|', { live: false });
      const types: string[] = [];
      gate.events$.subscribe(({ type, at }) => types.push(`${at} ${type}`));
      gate.pipe(skipRate(2), frame).subscribe();
      timer(10).subscribe(() => {
        expect(types).toEqual([
          '0 connecting', '0 encoder', '1 opened', '3 captured', '3 encoded', '3 delivered', '5 captured', '5 skipped', '6 stopped',
        ]);
      });
      expectSubscriptions(gate.subscriptions).toBe('^-----!');
    });
  });

  describe('liveness', () => {
    it('gives up a source that does not answer, with SourceTimeout', () => {
      seconds(({ expectSubscriptions }) => {
        const gate = fakeCamera('');
        expectParts(gate, '10s #', {}, { error: { code: 'SOURCE_TIMEOUT', message: 'no answer within 10000 ms' } });
        expectSubscriptions(gate.subscriptions).toBe('^ 9s !');
      });
    });

    it('starts the time to connect again while work continues', () => {
      seconds(({ expectSubscriptions }) => {
        const gate = fakeCamera('-----p-----p', { connectTimeoutMs: 8_000 });
        expectParts(gate, '19s #', {}, { error: { code: 'SOURCE_TIMEOUT', message: 'no answer within 8000 ms' } });
        expectSubscriptions(gate.subscriptions).toBe('^ 18s !');
      });
    });

    it('gives a source that has answered 45 s for its first picture, or the time of the option', () => {
      seconds(({ expectObservable, expectSubscriptions }) => {
        const [slow, silent, limited] = [fakeCamera('--o 40s f'), fakeCamera('--c'), fakeCamera('--c', { firstFrameTimeoutMs: 3_000 })];
        expectObservable(slow.pipe(digits), '^ 44s !').toBe('43s 1');
        expectParts(silent, '47s #', {}, { error: { code: 'SOURCE_TIMEOUT', message: 'connected, but no frame within 45000 ms' } });
        expectParts(limited, '5s #', {}, { error: { code: 'SOURCE_TIMEOUT' } });
        expectSubscriptions(slow.subscriptions).toBe('^ 44s !');
        expectSubscriptions(silent.subscriptions).toBe('^ 46s !');
        expectSubscriptions(limited.subscriptions).toBe('^ 4s !');
      });
    });

    it('gives up a stalled source after ten read windows, with Stalled', () => {
      seconds(({ expectSubscriptions }) => {
        const source = '   -f';
        const subs = '     ^ 10s !';
        const expected = ' -1---------#';
        const gate = fakeCamera(source);
        expectParts(gate.pipe(digits), expected, {}, { error: { code: 'STALLED', message: 'no frame for 10 read windows in a row' } });
        expectSubscriptions(gate.subscriptions).toBe(subs);
        expectEvents(gate, '--abcdefghij', Object.fromEntries([...'abcdefghij'].map((letter, index) => [letter, { type: 'readFailure', inRow: index + 1 }])));
      });
    });

    it('takes three frame times for a read window where that is longer', () => {
      seconds(({ expectSubscriptions }) => {
        const gate = fakeCamera('f', { fps: 0.5 }); // a picture every 2 s: windows of 6 s
        expectParts(gate.pipe(digits), '1 59s #', {}, { error: { code: 'STALLED' } });
        expectParts(fakeCamera('f', { readWindowMs: 2_000, maxReadFailures: 3 }).pipe(digits), '1-----#', {}, { error: { code: 'STALLED' } });
        expectSubscriptions(gate.subscriptions).toBe('^ 59s !');
      });
    });

    it('learns the frame time of a source that does not state its rate', () => {
      seconds(({ expectSubscriptions }) => {
        const source = '   -f-f-f-f-f-f';
        const failures = ' --r-r-r 10s r';
        const gate = fakeCamera(source); // known to be 2 s with the fourth picture: windows of 6 s
        gate.pipe(takeUntil(timer(18_000))).subscribe();
        expectEvents(gate, failures, { r: { type: 'readFailure' } });
        expectSubscriptions(gate.subscriptions).toBe('^ 17s !');
      });
    });

    it('forgives missed windows once a picture comes', () => {
      seconds(({ expectObservable, expectSubscriptions }) => {
        const source = '   f 8500ms f 8500ms f';
        const expected = ' 1 8500ms 2 8500ms 3';
        const subs = '     ^ 20s !';
        const gate = fakeCamera(source);
        expectObservable(gate.pipe(digits), '^ 20s !').toBe(expected);
        expectSubscriptions(gate.subscriptions).toBe(subs);
      });
    });

    it('gives up a source of which ten access units in a row are rejected, with DecodeFailed', () => {
      marbles(({ expectSubscriptions }) => {
        const source = '   f-rrrrrrrrrfrrrrrrrrrr';
        const expected = ' 1----------2---------#';
        const subs = '     ^--------------------!';
        const gate = fakeCamera(source);
        expectParts(gate.pipe(digits), expected, {}, { error: { code: 'DECODE_FAILED' } });
        expectSubscriptions(gate.subscriptions).toBe(subs);
      });
    });

    it('waits for the first picture although access units are rejected before it, and counts none of them as a read failure', () => {
      seconds(({ expectObservable, expectSubscriptions }) => {
        const source = '   c-rrrrrrrrrrrrrrf-r';
        const expected = ' ----------------1--';
        const gate = fakeCamera(source, { readWindowMs: 10_000 });
        expectObservable(gate.pipe(digits), '^ 20s !').toBe(expected);
        expectEvents(gate, '18s r', { r: { type: 'readFailure', inRow: 1 } });
        expectSubscriptions(gate.subscriptions).toBe('^ 20s !');
      });
    });

    it('gives up a source whose pictures are all rejected when the time limit of the first one is over, and reports them', () => {
      seconds(({ expectSubscriptions }) => {
        const message = 'connected, but no frame within 45000 ms: 10 access units were rejected, the last: fake: the decoder rejects an access unit';
        const gate = fakeCamera('c-rrrrrrrrrr');
        expectParts(gate.pipe(digits), '45s #', {}, { error: { code: 'SOURCE_TIMEOUT', message } });
        expectSubscriptions(gate.subscriptions).toBe('^ 44s !');
      });
    });

    it('takes the end of a live source for a failure', () => {
      marbles(({ expectSubscriptions }) => {
        const gate = fakeCamera('-f-f|');
        expectParts(gate.pipe(digits), '-1-2#', {}, { error: { code: 'STREAM_ENDED', camera: 'fake', attempt: 1 } });
        expectEvents(gate, '----f', { f: { type: 'failed', attempt: 1, error: { code: 'STREAM_ENDED' } } });
        expectSubscriptions(gate.subscriptions).toBe('^---!');
      });
    });

    it('stops while a file is paused', () => {
      seconds(({ cold, expectObservable, expectSubscriptions }) => {
        const gate = fakeCamera('f---f|', { live: false, fps: 0.5 });
        const holder = {};
        let pressure: Pressure | undefined;
        const frames$ = gate.pipe(tap((picture) => { pressure = ownerOf(picture)?.pressure; }), digits);
        cold('-b 100s u').subscribe((what) => { if (what === 'b') pressure?.block(holder); else pressure?.unblock(holder); });
        expectObservable(frames$).toBe('1 104s 2|');
        expectEvents(gate, '', { r: { type: 'readFailure' } });
        expectSubscriptions(gate.subscriptions).toBe('^ 105s !');
      });
    });
  });

  describe('runs', () => {
    it('gives a second subscription its own run, capture and seq', () => {
      marbles(({ expectSubscriptions }) => {
        const source = '        -f-f-f-f';
        const subs = ['          ^----!', '---^----!'];
        const one = '           -a-b-  ';
        const other = '         ----c-d-';
        const gate = fakeCamera(source);
        expectLedger(gate);
        expectParts(gate, one, { a: { run: 1, seq: 1 }, b: { run: 1, seq: 2 } }, { subscription: '^----!' });
        expectParts(gate, other, { c: { run: 2, seq: 1 }, d: { run: 2, seq: 2 } }, { subscription: '---^----!' });
        expectSubscriptions(gate.subscriptions).toBe(subs);
      });
    });

    it('continues with the same run in subscriptions that follow each other', () => {
      seconds(() => {
        const gate = fakeCamera('-f');
        expectLedger(gate);
        expectParts(gate, '-a', { a: { run: 1, seq: 1 } }, { subscription: '^-!' });
        expectParts(gate, '-------b', { b: { run: 1, seq: 2 } }, { subscription: '------^-!' });
      });
    });

    it('keeps a run that waits for its retry from others', () => {
      seconds(({ expectSubscriptions }) => {
        const gate = fakeCamera(['fR', '---f', 'f']);
        expectParts(gate.pipe(retry()), 'a 5s b', { a: { run: 1, seq: 1 }, b: { run: 1, seq: 2 } }, { subscription: '^------!' });
        expectParts(gate, '------c', { c: { run: 2, seq: 1 } }, { subscription: '---^---!' });
        expectSubscriptions(gate.subscriptions).toBe(['^!', '---^---!', '------^!']);
      });
    });

    it('shares one run with RxJS\'s share', () => {
      marbles(({ expectObservable, expectSubscriptions }) => {
        const source = '   -f-f-f';
        const subs = '     ^----!';
        const shared$ = fakeCamera(source);
        const both$ = shared$.pipe(digits, share());
        expectObservable(both$, '^----!').toBe('-1-2-');
        expectObservable(both$, '--^--!').toBe('---2-');
        expectSubscriptions(shared$.subscriptions).toBe(subs);
      });
    });

    it('stops when it is unsubscribed, in each state', () => {
      const states: [string, string][] = [['connecting', ''], ['waiting for its first picture', '-o'], ['streaming', '-f-f'], ['stalled', 'f'], ['failed, waiting', 'R']];
      for (const [state, source] of states) {
        seconds(({ expectObservable, expectSubscriptions, flush }) => {
          const gate = fakeCamera(source, { killMs: 1_500 });
          const ledger = expectLedger(gate);
          expectObservable(gate.pipe(frame, retry(), filter(() => false)), '^--!').toBe('');
          expectEvents(gate, '---s', { s: { type: 'stopped', reason: 'unsubscribed' } });
          expectSubscriptions(gate.subscriptions).toBe(source === 'R' ? '(^!)' : '^--!');
          flush();
          ledger.verifySettled();
          expect(gate.stats.state, state).toBe('stopped');
          expect(gate.processes.running, state).toBe(0);
        });
      }
    });
  });

  describe('fusion', () => {
    it('gives the same frames at the same times, fused or cut by an operator of the user\'s at any place', () => {
      const source = `${'-f'.repeat(40)}|`;
      const steps = [skipRate({ fps: 10 }), resize({ width: 32 }), skipRate(2)] as const;
      const facts = map(({ seq, pts, keyframe, width, height, data }: EncodedFrame) => ({ seq, pts, keyframe, width, height, data: data.toString() }));
      const coded = encodeH265({ mode: 'stream', gop: 4 });
      for (let cut = 0; cut <= steps.length; cut++) {
        marbles(({ expectObservable, expectSubscriptions, flush }) => {
          const fused = fakeCamera(source, { live: false, fps: 25 });
          const split = fakeCamera(source, { live: false, fps: 25 });
          expectLedger(split);
          const parts = steps.flatMap((step, index) => (index === cut ? [same, step] : [step]));
          const frames$ = parts.reduce((frames, step) => frames.pipe(step as typeof steps[number]), split as unknown as ReturnType<typeof split.pipe<Frame>>);
          const last$ = cut === steps.length ? frames$.pipe(same) : frames$;
          expectObservable(fused.pipe(...steps, coded, facts)).toEqual(last$.pipe(coded, facts));
          for (const { subscriptions } of [fused, split]) expectSubscriptions(subscriptions).toBe(`^${'-'.repeat(79)}!`);
          flush();
          const { captured, skipped, delivered } = fused.stats;
          expect(split.stats).toMatchObject({ captured, skipped, delivered, inFlight: 0 });
        });
      }
    });

    it('starts one process for all fused steps', () => {
      marbles(({ expectObservable, expectSubscriptions, flush }) => {
        const gate = fakeCamera('-f-f|', { live: false });
        expectObservable(gate.pipe(skipRate(1), resize({ width: 32 }), frame, digits)).toBe('-1-2|');
        expectSubscriptions(gate.subscriptions).toBe('^---!');
        flush();
        expect(gate.processes).toEqual({ running: 0, peak: 1 });
      });
    });
  });

  describe('ledger', () => {
    /** Runs a pipeline to its end, and gives the last statistics; the ledger balances after every event. */
    function account(pipeline: (gate: ReturnType<typeof fakeCamera>) => { subscribe(): unknown }, source = '-f-f-f-f-f-f-f-f|') {
      return marbles(({ flush }) => {
        const gate = fakeCamera(source, { live: false });
        const ledger = expectLedger(gate);
        pipeline(gate).subscribe();
        flush();
        ledger.verifySettled();
        return gate.stats;
      });
    }

    it('counts what a subscriber gets as delivered', () => {
      expect(account((gate) => gate)).toMatchObject({ captured: 8, delivered: 8 });
      expect(account((gate) => gate.pipe(frame))).toMatchObject({ captured: 8, delivered: 8, encoded: 8 });
    });

    it('counts frames that the user\'s filter leaves out as delivered, and all others by their result', () => {
      const odd = filter(({ seq }: Frame) => seq % 2 === 1);
      expect(account((gate) => gate.pipe(odd, skipRate(2)))).toMatchObject({ captured: 8, delivered: 4 + 2, skipped: 2 });
      expect(account((gate) => gate.pipe(odd, frame))).toMatchObject({ captured: 8, delivered: 8, encoded: 4 });
    });

    it('takes frames back from the user\'s delay, buffer and mergeMap', () => {
      expect(account((gate) => gate.pipe(delay(5), skipRate(2)))).toMatchObject({ captured: 8, delivered: 4, skipped: 4 });
      expect(account((gate) => gate.pipe(bufferCount(3), concatMap((list) => from(list)), skipRate(2), frame))).toMatchObject({ captured: 8, delivered: 4, skipped: 4, encoded: 4 });
      expect(account((gate) => gate.pipe(mergeMap((one) => timer(100 - one.seq * 3).pipe(map(() => one))), frame))).toMatchObject({ captured: 8, delivered: 8, encoded: 8 });
      expect(account((gate) => gate.pipe(switchMap((one) => timer(3).pipe(map(() => one))), frame))).toMatchObject({ captured: 8, delivered: 8, encoded: 1 });
    });

    it('counts a frame that the user sends twice once, and the rest as duplicates', () => {
      const twice = mergeMap((one: Frame) => [one, { ...one }]);
      expect(account((gate) => gate.pipe(twice, skipRate(1)))).toMatchObject({ captured: 8, delivered: 8, duplicates: 8 });
      expect(account((gate) => gate.pipe(twice, frame))).toMatchObject({ captured: 8, delivered: 8, duplicates: 8 });
      expect(account((gate) => gate.pipe(twice, skipRate(1), same, frame, same, toMessage()))).toMatchObject({ captured: 8, delivered: 8, duplicates: 8 });
      const late = (gate: Observable<Frame>) => gate.pipe(share(), (one$) => merge(one$, one$.pipe(delay(3))));
      expect(account((gate) => late(gate).pipe(skipRate(1)))).toMatchObject({ captured: 8, delivered: 8, duplicates: 8 });
    });

    it('numbers the messages of duplicates as the camera\'s others', () => {
      const orders: number[] = [];
      const twice = mergeMap((one: Frame) => [one, { ...one }]);
      account((gate) => gate.pipe(twice, frame, toMessage(), tap(({ inputOrder }) => orders.push(inputOrder))));
      expect(orders).toEqual([...Array(16).keys()].map((index) => index + 1));
    });

    it('loses sight of no frame whose copy has no account', () => {
      const bare = map(({ camera, run, seq, pts, capturedAt, width, height, pixelFormat, data }: Frame): Frame => ({ camera, run, seq, pts, capturedAt, width, height, pixelFormat, data }));
      expect(account((gate) => gate.pipe(bare, skipRate(2)))).toMatchObject({ captured: 8, delivered: 8, skipped: 0 });
    });

    it('counts frames for the run that they come from, even if they are merged', () => {
      marbles(({ expectSubscriptions, flush }) => {
        const [one, other] = [fakeCamera('-f-f|', { live: false, key: 'one' }), fakeCamera('--f-f-f|', { live: false, key: 'other' })];
        const ledgers = [expectLedger(one), expectLedger(other)];
        merge(one, other).pipe(skipRate(2)).subscribe();
        expectSubscriptions(one.subscriptions).toBe('^---!');
        expectSubscriptions(other.subscriptions).toBe('^------!');
        flush();
        for (const ledger of ledgers) ledger.verifySettled();
        expect(one.stats.captured + other.stats.captured).toBe(5);
        expect(one.stats.skipped + other.stats.skipped).toBe(2);
      });
    });

    it('balances over failures, retries, resets and unsubscription', () => {
      marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
        const gate = fakeCamera(['-f-f-fR', 'f-f-f', 'f-f'], { encodeMs: 3 });
        const ledger = expectLedger(gate);
        cold('----r 1004ms r').subscribe(() => { gate.resetStats(); });
        expectObservable(gate.pipe(frame, retry(10), filter(() => false)), '^ 1010ms !').toBe('');
        expectSubscriptions(gate.subscriptions).toBe(['^-----!', '1s ^----------!']);
        flush();
        ledger.verifySettled();
        expect(gate.stats).toMatchObject({ state: 'stopped' });
      });
    });

    it('has the user\'s own error drop nothing silently', () => {
      expect(account((gate) => ({
        subscribe: () => gate.pipe(frame, tap(({ seq }) => { if (seq === 3) throw new Error('mine'); })).subscribe({ error: () => undefined }),
      }))).toMatchObject({ captured: 3, delivered: 3, state: 'stopped' });
    });
  });

  it('cuts nothing short when its subscriber unsubscribes while it gets a frame', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const gate = fakeCamera('-f-f-f');
      const ledger = expectLedger(gate);
      expectObservable(gate.pipe(take(2), digits)).toBe('-1-(2|)');
      expectSubscriptions(gate.subscriptions).toBe('^--!');
      flush();
      ledger.verifySettled();
      expect(gate.stats).toMatchObject({ captured: 2, delivered: 2, state: 'stopped' });
    });
  });
});
