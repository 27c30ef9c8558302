import { EMPTY, NEVER, filter, map, retry as rxRetry, take, throwError, timer } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { resize } from '../operators/resize.js';
import { type RetryConfig, retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption, SourceRefused } from '../src/core/errors/errors.js';
import type { Frame } from '../src/core/frame/frame.js';
import { expectEvents, expectLedger, expectParts, expectStats, fakeCamera, marbles } from './kit/index.js';
import { digits } from './values.js';

/** A column is a second, and so is the time between two pictures. */
const seconds = (test: (helpers: RunHelpers) => void) => { marbles(test, { columnMs: 1_000 }); };
const camera = (source: string | string[], config = {}) => fakeCamera(source, { fps: 1, ...config });
const same = map((picture: Frame) => picture);
/** Diagrams of openings that fail at once, at these seconds. */
const at = (...starts: number[]) => starts.map((start) => (start === 0 ? '(^!)' : `${start}s (^!)`));

describe('retry', () => {
  it('waits 5, 10, 20, 30, 30 … s', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const source = '  -R';
      const subs = [
        '               ^!',
        '               6s ^!',
        '               17s ^!',
        '               38s ^!',
        '               69s ^!',
        '               100s ^!',
        '               131s ^!',
      ];
      const unsub = '   ^ 139s !';
      const gate = camera(source);
      expectObservable(gate.pipe(retry()), unsub).toBe('');
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('continues with the longest wait, without limit', () => {
    seconds(({ expectObservable, flush }) => {
      const gate = camera('R');
      expectObservable(gate.pipe(retry()), `^ ${5 + 10 + 20 + 30 * 500 - 1}s !`).toBe('');
      flush();
      expect(gate.subscriptions).toHaveLength(4 + 499);
    });
  });

  it('takes a number as the first wait, and options for the rest', () => {
    const openings = (delay: number | RetryConfig, untilSeconds: number, expected: number[]) => {
      seconds(({ expectObservable, expectSubscriptions }) => {
        const gate = camera('R');
        expectObservable(gate.pipe(retry(delay)), `^ ${untilSeconds - 1}s !`).toBe('');
        expectSubscriptions(gate.subscriptions).toBe(at(...expected));
      });
    };
    openings(2_000, 100, [0, 2, 6, 14, 30, 60, 90]);
    openings(60_000, 200, [0, 60, 120, 180]);
    openings({ initialMs: 1_000, maxMs: 3_000 }, 10, [0, 1, 3, 6, 9]);
    openings({ initialMs: 2_000, factor: 1 }, 10, [0, 2, 4, 6, 8]);
    openings({ initialMs: 1_000, factor: 3, maxMs: 100_000 }, 41, [0, 1, 4, 13, 40]);
  });

  it('shortens each wait by a random share of it', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const draws = [0, 0.5, 1 - Number.EPSILON, 0];
      const gate = camera('R');
      expectObservable(gate.pipe(retry({ jitter: 0.4, random: () => draws.shift() ?? 0 })), '^ 69s !').toBe('');
      expectSubscriptions(gate.subscriptions).toBe(at(0, 5, 5 + 8, 5 + 8 + 12, 5 + 8 + 12 + 30));
    });
  });

  it('reports each wait with the time of the next attempt, and the recovery with the downtime', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const source = [' -fR', 'R', '-f'];
      const expected = '-1 16s        2';
      const unsub = '   ^ 20s                            !';
      const gate = camera(source.map((one) => one.trim()));
      expectEvents(gate, '--(ab)-(cd) 6s -r', {
        a: { type: 'failed', attempt: 1, error: { code: 'SOURCE_REFUSED' } },
        b: { type: 'retrying', attempt: 2, delayMs: 5_000, nextAttemptAt: 7_000 },
        c: { type: 'failed', attempt: 2, error: { code: 'SOURCE_REFUSED' } },
        d: { type: 'retrying', attempt: 3, delayMs: 10_000, nextAttemptAt: 17_000 },
        r: { type: 'recovered', attempt: 3, downtimeMs: 16_000 },
      });
      expectObservable(gate.pipe(retry(), digits), unsub).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(['^-!', '-------(^!)', '17s ^---!']);
    });
  });

  it('has the next attempt in the statistics while it waits', () => {
    seconds(({ expectSubscriptions }) => {
      const gate = camera(['-R', 'f']);
      gate.pipe(retry(), take(1)).subscribe();
      const last$ = gate.stats$.pipe(filter(({ inFlight, state }) => state === 'connecting' || state === 'waiting' || (state === 'stopped' && inFlight === 0)));
      expectStats(last$, 'cwwwww(wcx)', {
        c: { state: 'connecting' },
        w: { state: 'waiting', nextAttemptAt: 6_000, lastError: 'SOURCE_REFUSED', reconnects: 1 },
        x: { state: 'stopped', delivered: 1, downtimeMs: 5_000, nextAttemptAt: undefined },
      });
      expectSubscriptions(gate.subscriptions).toBe(['^!', '------(^!)']);
    });
  });

  it('backs off as ever while each attempt gives one frame and dies, twenty times', () => {
    seconds(({ expectSubscriptions }) => {
      const starts = [0, 6, 17, 38];
      while (starts.length < 20) starts.push((starts.at(-1) ?? 0) + 31);
      const gate = camera('fR');
      expectParts(gate.pipe(retry(), take(20)), `f 5s f 10s f 20s f ${'30s f '.repeat(15)} 30s (f|)`, { f: {} });
      expectSubscriptions(gate.subscriptions).toBe(starts.map((start, index) => `${start}s ${index === 19 ? '(^!)' : '^!'}`));
    });
  });

  it('starts from the first wait only when frames have flowed for stableAfterMs', () => {
    const thirty = 'f'.repeat(30); // from the first to the last of them 29 s
    const delays = (sources: string[], expected: number[], config: RetryConfig = {}) => {
      const seen: unknown[] = [];
      seconds(({ expectObservable, flush }) => {
        const gate = camera(sources);
        gate.events$.subscribe((event) => { if (event.type === 'retrying') seen.push((event.delayMs ?? NaN) / 1_000); });
        expectObservable(gate.pipe(retry(config), filter(() => false)), '^ 150s !').toBe('');
        flush();
        // The last of the waits has not ended.
        expect(gate.subscriptions).toHaveLength(expected.length);
      });
      expect(seen).toEqual(expected);
    };
    delays(['R', `${thirty}R`, 'R'], [5, 10, 20, 30, 30, 30]);
    delays(['R', `${thirty}fR`, 'R'], [5, 5, 10, 20, 30, 30, 30]);
    delays(['R', 'R', `${thirty}fR`, 'fR', 'R'], [5, 10, 5, 10, 20, 30, 30, 30]);
    delays(['R', `${'f'.repeat(20)}r${'f'.repeat(20)}R`, 'R'], [5, 10, 20, 30, 30, 30]); // a rejected access unit breaks the flow
    delays(['R', `${'f'.repeat(20)}----${'f'.repeat(20)}R`, 'R'], [5, 10, 20, 30, 30, 30]); // so does a read window without a frame
    delays(['R', `${'f'.repeat(20)}-${'f'.repeat(20)}R`, 'R'], [5, 5, 10, 20, 30, 30, 30]); // three frame times are a window
    delays(['R', 'ffffR', 'R'], [5, 5, 10, 20, 30, 30, 30, 30], { stableAfterMs: 3_000 });
    delays(['R', 'R', 'R', 'R'], Array.from({ length: 31 }, () => 5), { stableAfterMs: 0, factor: 1 });
  });

  it('learns from the camera that frames flow, even if they are dropped later', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera(['R', `${'f'.repeat(31)}R`, 'R']);
      expectEvents(gate, 'a 4s -- 29s b 4s - ', { a: { type: 'retrying', delayMs: 5_000 }, b: { type: 'retrying', delayMs: 5_000, attempt: 3 } });
      expectObservable(gate.pipe(encodeH265({ mode: 'frame' }), filter(() => false), retry()), '^ 38s !').toBe('');
      expectSubscriptions(gate.subscriptions).toBe(['(^!)', '-----^ 30s !']);
    });
  });

  it('takes the wait from a function: ms, or until an Observable gives its first value', () => {
    seconds(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = camera('R');
      const seen: unknown[] = [];
      const until = cold('---x-x|');
      const delays = [2_000, until, timer(4_000)];
      expectObservable(gate.pipe(retry((error, attempt) => {
        seen.push([(error as SourceRefused).code, attempt]);
        return delays[attempt - 1] ?? NEVER;
      })), '^ 20s !').toBe('');
      expectSubscriptions(gate.subscriptions).toBe(at(0, 2, 5, 9));
      expectSubscriptions(until.subscriptions).toBe('--^--!');
      expectEvents(gate, 'a-b--c---d', {
        a: { type: 'retrying', delayMs: 2_000, nextAttemptAt: 2_000 },
        b: { type: 'retrying', attempt: 3, delayMs: undefined, nextAttemptAt: undefined },
        c: { type: 'retrying', attempt: 4, delayMs: undefined },
        d: { type: 'retrying', attempt: 5 },
      } as never);
      timer(19_000).subscribe(() => {
        expect(seen).toEqual([1, 2, 3, 4].map((attempt) => ['SOURCE_REFUSED', attempt]));
      });
    });
  });

  it('ends with the function\'s Observable: completes with one that gives nothing, fails with one that fails', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('-R');
      expectObservable(gate.pipe(retry(() => EMPTY))).toBe('-|');
      expectObservable(camera('-R').pipe(retry(() => throwError(() => 'mine')))).toBe('-#', undefined, 'mine');
      expectObservable(camera('-R').pipe(retry(() => { throw new RangeError('odd'); }))).toBe('-#', undefined, new RangeError('odd'));
      expectEvents(gate, '-s', { s: { type: 'stopped', reason: 'unsubscribed' } });
      expectSubscriptions(gate.subscriptions).toBe('^!');
    });
  });

  it('does not retry wrong options, nor errors that are not rxcam\'s', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const source = '   f-x';
      const subs = '     ^-!';
      const wrong = camera(source, { values: { x: new InvalidOption('two runs, one key') } });
      expectParts(wrong.pipe(retry(), digits), '1-#', {}, { error: { code: 'INVALID_OPTION' } });
      expectSubscriptions(wrong.subscriptions).toBe(subs);
      const gate = camera('fff');
      const bug = new TypeError('a bug in the user\'s map');
      expectObservable(gate.pipe(digits, map((seq) => { if (seq === '2') throw bug; return seq; }), retry())).toBe('1#', undefined, bug);
      expectSubscriptions(gate.subscriptions).toBe('^!');
      expectEvents(gate, '-s', { s: { type: 'stopped', reason: 'unsubscribed' } });
    });
  });

  it('retries only the errors that retryOn accepts', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const picky = camera(['-R', '-N']);
      expectParts(picky.pipe(retry({ retryOn: (error) => error instanceof SourceRefused })), '- 6s #', {}, { error: { code: 'SOURCE_NOT_FOUND' } });
      expectSubscriptions(picky.subscriptions).toBe(['^!', '6s ^!']);
      const gate = camera('fff');
      const failing = map((seq: string) => { if (seq === '2') throw new TypeError('odd'); return seq; });
      expectObservable(gate.pipe(digits, failing, retry({ retryOn: () => true, initialMs: 2_000 })), '^---!').toBe('1--3');
      expectLedger(gate);
    });
  });

  it('asks an unauthorised camera every max ms at most', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('U');
      expectObservable(gate.pipe(retry({ initialMs: 1_000, maxMs: 20_000 })), '^ 59s !').toBe('');
      expectSubscriptions(gate.subscriptions).toBe(at(0, 20, 40));
    });
  });

  it('starts again at once on retryNow, and waits on from where it was', () => {
    seconds(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = camera('R');
      const now = '                  --n';
      expectObservable(gate.pipe(retry()), '^ 21s !').toBe('');
      cold(now).subscribe(() => { gate.retryNow(); });
      expectSubscriptions(gate.subscriptions).toBe(at(0, 2, 12));
      expectEvents(gate, 'a-b 9s c', { a: { type: 'retrying', delayMs: 5_000 }, b: { type: 'retrying', delayMs: 10_000 }, c: { type: 'retrying', delayMs: 20_000 } });
    });
  });

  it('has nothing to cut short when no attempt is waited for', () => {
    seconds(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = camera('-f-f-f-f');
      cold('---n').subscribe(() => { gate.retryNow(); });
      expectObservable(gate.pipe(retry(), digits), '^-----!').toBe('-1-2-3');
      expectSubscriptions(gate.subscriptions).toBe('^-----!');
    });
  });

  it('leaves 1 s between two starts, with any retry', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const ours = camera('R');
      expectObservable(ours.pipe(retry(0)), '^----!').toBe('');
      expectSubscriptions(ours.subscriptions).toBe(['(^!)', '-(^!)', '--(^!)', '---(^!)', '----(^!)']);
      const theirs = camera('R');
      expectObservable(theirs.pipe(rxRetry()), '^---!').toBe('');
      expectSubscriptions(theirs.subscriptions).toBe(['(^!)', '-(^!)', '--(^!)', '---(^!)']);
      const impatient = camera('R');
      timer(200, 200).pipe(take(20)).subscribe(() => { impatient.retryNow(); });
      expectObservable(impatient.pipe(retry()), '^---!').toBe('');
      expectSubscriptions(impatient.subscriptions).toBe(['(^!)', '-(^!)', '--(^!)', '---(^!)']);
    });
  });

  it('continues with the same run under RxJS\'s own retry: seq continues', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera(['-f-fR', '-f']);
      expectLedger(gate);
      expectObservable(gate.pipe(encodeH265({ mode: 'frame' }), rxRetry({ delay: 2_000 }), digits), '^--------!').toBe('-1-2---3');
      expectEvents(gate, '-------c', { c: { type: 'captured', run: 1, seq: 3 } }, { subscription: '-----^' });
      expectSubscriptions(gate.subscriptions).toBe(['^---!', '------^--!']);
    });
  });

  it('works before the steps without losing their fusion', () => {
    seconds(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '    fffR';
      const subs = ['     ^--!', '5s ---^--!'];
      const expected = '  1-3----- 4-6';
      const unsub = '     ^ 10s !';
      const gate = camera(source.trim());
      const coded$ = gate.pipe(retry(), skipRate(2), resize({ width: 32 }), encodeH265({ mode: 'frame' }));
      expect(planOf(coded$)).toMatchObject({ steps: [{ kind: 'skipRate' }, { kind: 'resize' }, { kind: 'encodeH265' }], reconnect: { initialMs: 5_000 } });
      expectLedger(gate);
      expectObservable(coded$.pipe(digits), unsub).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(gate.processes.peak).toBe(1);
    });
  });

  it('works last, fused or with operators of the user between', () => {
    for (const between of [undefined, same]) {
      seconds(({ expectObservable, expectSubscriptions, flush }) => {
        const source = '    fffR';
        const subs = ['     ^--!', '5s ---^--!'];
        const expected = '  1-3----- 4-6';
        const unsub = '     ^ 10s !';
        const gate = camera(source.trim());
        const frames$ = between === undefined ? gate : gate.pipe(between);
        expectLedger(gate);
        expectObservable(frames$.pipe(skipRate(2), encodeH265({ mode: 'frame' }), retry(), digits), unsub).toBe(expected);
        expectSubscriptions(gate.subscriptions).toBe(subs);
        flush();
        expect(gate.processes).toEqual({ running: 0, peak: between === undefined ? 1 : 2 });
      });
    }
  });

  it('is placed in the middle: the child that follows lives on', () => {
    seconds(({ expectObservable, expectSubscriptions, flush }) => {
      const gate = camera('ffR');
      const expected = ' 12 5s 34';
      expectLedger(gate);
      expectObservable(gate.pipe(retry(), same, encodeH265({ mode: 'stream', gop: 3 }), map(({ seq, keyframe }) => `${seq} ${keyframe}`)), '^ 8s !')
        .toBe(expected, { 1: '1 true', 2: '2 false', 3: '3 false', 4: '4 true' });
      expectSubscriptions(gate.subscriptions).toBe(['^-!', '-------^-!']);
      flush();
      expect(gate.processes.peak).toBe(2);
    });
  });

  it('leaves to the second retry what the first does not take', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera(['R', 'N', 'R', 'f']);
      const first = retry<Frame>({ initialMs: 1_000, retryOn: (error) => error instanceof SourceRefused });
      expectObservable(gate.pipe(first, retry(10_000), digits), '^ 20s !').toBe('12s 1');
      expectSubscriptions(gate.subscriptions).toBe([...at(0, 1, 11), '12s ^ 8s !']);
    });
  });

  it('passes completion', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('-f|', { live: false });
      expectObservable(gate.pipe(retry(), digits)).toBe('-1|');
      expectSubscriptions(gate.subscriptions).toBe('^-!');
      expectEvents(gate, '--s', { s: { type: 'stopped', reason: 'completed' } });
    });
  });

  it('ends the wait when it is unsubscribed, and reports the stop', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('-R');
      expectEvents(gate, '-r-s', { r: { type: 'retrying' }, s: { type: 'stopped', reason: 'unsubscribed' } });
      expectObservable(gate.pipe(retry()), '^--!').toBe('');
      expectSubscriptions(gate.subscriptions).toBe('^!');
      expectStats(gate.stats$, '10s s', { s: { state: 'stopped', inFlight: 0 } }, { subscription: '10s (^!)' });
    });
  });

  it('counts failures again in each subscription', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('R');
      const retried$ = gate.pipe(retry());
      expectObservable(retried$, '^-----------!').toBe('');
      expectObservable(retried$, '20s ^-----------!').toBe('');
      expectSubscriptions(gate.subscriptions).toBe(at(0, 5, 20, 25));
    });
  });

  it('keeps two runs that fail together apart', () => {
    seconds(({ expectObservable, expectSubscriptions }) => {
      const gate = camera('fR');
      const retried$ = gate.pipe(retry(), map(({ run, seq }) => `${run}/${seq}`));
      expectLedger(gate);
      expectObservable(retried$, '^ 19s !').toBe('a 5s b 10s c', { a: '1/1', b: '1/2', c: '1/3' });
      expectObservable(retried$, '^ 19s !').toBe('a 5s b 10s c', { a: '2/1', b: '2/2', c: '2/3' });
      expectSubscriptions(gate.subscriptions).toBe(['^!', '^!', '------^!', '------^!', '17s ^!', '17s ^!']);
    });
  });

  it('retries any Observable of frames, as RxJS\'s own would', () => {
    seconds(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-#', {}, new SourceRefused('no'));
      const subs = ['        ^--!', '5s ---^--!'];
      const expected = '     -a------ -a';
      expectObservable(source.pipe(retry<unknown>()), '^ 11s !').toBe(expected, { a: undefined });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('refuses waits that make no sense', () => {
    const wrong: unknown[] = [-1, NaN, 2 ** 31, '5', { initialMs: -1 }, { factor: 0.5 }, { jitter: 2 }, { jitter: -0.1 }, { initialMs: 10, maxMs: 5 }, { stableAfterMs: -1 }, { retryOn: true }, { random: 1 }, { wait: 5 }];
    for (const delay of wrong) expect(() => retry(delay as number), JSON.stringify(delay)).toThrow(InvalidOption);
    const forms = 'expected a number (the first wait in ms), options such as { initialMs: 5000 }, or a function';
    for (const [delay, shown] of [['5s', '"5s"'], [null, 'null'], [[5], '[5]'], [true, 'true'], [5n, 'bigint']] as const) {
      expect(() => retry(delay as never)).toThrow(`retry: ${shown} given, ${forms}`);
    }
    expect(() => retry({ initialMs: 10, maxMs: 5 })).toThrow("retry: option 'maxMs': 5 given, expected maxMs to be at least initialMs");
  });
});
