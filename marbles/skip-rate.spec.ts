import { concatWith, defer, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { Frame } from '../src/core/frame/frame.js';
import { planOf } from '../src/camera/capture.js';
import { expectEvents, expectLedger, expectStats, fakeCamera, marbles } from './kit/index.js';
import { FRAMES, digits, frame, letters } from './values.js';

describe('skipRate', () => {
  it('keeps every nth picture', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-d-e-f-g-|', FRAMES);
      const subs = '       ^--------------!';
      const expected = '   -a-----d-----g-|';
      expectObservable(source.pipe(skipRate(3), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('keeps every picture with 1', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-|', FRAMES);
      const subs = '       ^------!';
      const expected = '   -a-b-c-|';
      expectObservable(source.pipe(skipRate(1), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('keeps as many a second as asked for, by media time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('abcdefghijk|', FRAMES); // 25 fps: 0, 40, 80 … ms
      const subs = '       ^----------!';
      const expected = '   a--d-f--i-k|'; // 10 fps: the first at or after 0, 100, 200, 300, 400 ms
      expectObservable(source.pipe(skipRate({ fps: 10 }), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('keeps every picture when asked for more than there are', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('abcd|', FRAMES);
      const expected = '   abcd|';
      expectObservable(source.pipe(skipRate({ fps: 60 }), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('goes by media time where it jumps ahead', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const at = (seq: number, ms: number) => frame(seq, { pts: ms * 1000 });
      const source = cold('abcde|', { a: at(1, 0), b: at(2, 40), c: at(3, 60_000), d: at(4, 60_040), e: at(5, 60_100) });
      const expected = '   a-c-e|';
      expectObservable(source.pipe(skipRate({ fps: 10 }), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('lets the next rule see only what the one before it keeps', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('abcdefghi|', FRAMES);
      const subs = '       ^--------!';
      const expected = '   a-----g--|';
      expectObservable(source.pipe(skipRate(2), skipRate(3), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('passes an error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-#', FRAMES);
      const subs = '       ^----!';
      const expected = '   -a---#';
      expectObservable(source.pipe(skipRate(2), letters)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('passes an empty source, and one that never emits', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [empty, silent] = [cold<Frame>('|'), cold<Frame>('-')];
      expectObservable(empty.pipe(skipRate(2))).toBe('          |');
      expectObservable(silent.pipe(skipRate(2)), '^---!').toBe('-');
      expectSubscriptions(empty.subscriptions).toBe('           (^!)');
      expectSubscriptions(silent.subscriptions).toBe('          ^---!');
    });
  });

  it('unsubscribes from the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-b-c-d-e-', FRAMES);
      const subs = '       ^----!      ';
      const expected = '   -a----      ';
      const unsub = '      ^----!      ';
      expectObservable(source.pipe(skipRate(3), letters), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('counts from its own start in each subscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('     abc|   ', FRAMES);
      const subs = ['           ^--!   ', '---^--!'];
      const expected = '        a-ca-c|';
      const thinned$ = source.pipe(skipRate(2), letters);
      expectObservable(thinned$.pipe(concatWith(thinned$))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('is a part of a camera\'s one process, and every picture left out is counted', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f-f-f|';
      const subs = '     ^---------!';
      const expected = ' -1---3---5|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(skipRate(2), digits)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '---b---d', { b: { type: 'skipped', seq: 2, reason: 'rate' }, d: { type: 'skipped', seq: 4 } });
      expectStats(gate.stats$, '20ms s', { s: { captured: 5, delivered: 3, skipped: 2, inFlight: 0 } }, { subscription: '20ms (^!)' });
    });
  });

  it('needs no process on frames out of the user\'s hands, and counts there too', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f-f-f|';
      const subs = '     ^---------!';
      const expected = ' -1---3---5|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(map((one) => ({ ...one })), skipRate(2), digits)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '---b---d', { b: { type: 'skipped', seq: 2, from: 'stdin' }, d: { type: 'skipped', seq: 4 } });
    });
  });

  it('keeps the same pictures fused and on frames, after any steps', () => {
    for (const rate of [2, 3, { fps: 10 }, { fps: 7 }, { fps: 29.97 }]) {
      marbles(({ expectObservable, expectSubscriptions }) => {
        const source = 'ffffffffffffffffffffffff|';
        const subs = '  ^-----------------------!';
        const one = fakeCamera(source, { live: false, fps: 25 });
        const other = fakeCamera(source, { live: false, fps: 25 });
        expectObservable(one.pipe(skipRate(rate), digits)).toEqual(other.pipe(map((picture) => picture), skipRate(rate), digits));
        expectSubscriptions(one.subscriptions).toBe(subs);
        expectSubscriptions(other.subscriptions).toBe(subs);
      });
    }
  });

  it('starts again with each attempt of a live source, and continues where a file was left', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const first = '    ff#';
      const second = '             fff';
      const liveSubs = ['^-!', ' 1s ^----!'];
      const fileSubs = ['^-!', ' 1s ^--!'];
      const live = '     1 999ms 3-5 ';
      const file = '     1 999ms 3-5|';
      const [moving, waiting] = [fakeCamera([first, second.trim()], { live: true }), fakeCamera([first, `${second.trim()}|`], { live: false })];
      expectObservable(moving.pipe(skipRate(2), retry(998), digits), '^ 1004ms !').toBe(live);
      expectObservable(waiting.pipe(skipRate(2), retry(998), digits)).toBe(file);
      expectSubscriptions(moving.subscriptions).toBe(liveSubs);
      expectSubscriptions(waiting.subscriptions).toBe(fileSubs);
    });
    marbles(({ expectObservable, expectSubscriptions }) => {
      const first = '    f#';
      const liveSubs = ['^!', '  1s ^----!'];
      const fileSubs = ['^!', '  1s ^--!'];
      const live = '     1 999ms 2-4';
      const file = '     1 999ms -3-|';
      const [moving, waiting] = [fakeCamera([first, 'fff']), fakeCamera([first, 'fff|'], { live: false })];
      expectObservable(moving.pipe(skipRate(2), retry(999), digits), '^ 1004ms !').toBe(live);
      expectObservable(waiting.pipe(skipRate(2), retry(999), digits)).toBe(file);
      expectSubscriptions(moving.subscriptions).toBe(liveSubs);
      expectSubscriptions(waiting.subscriptions).toBe(fileSubs);
    });
  });

  it('extends the plan of a Capture and starts one on other frames', () => {
    const gate = fakeCamera();
    expect(planOf(gate.pipe(skipRate(4)))?.steps).toEqual([{ kind: 'skipRate', rule: { every: 4 } }]);
    expect(planOf(gate.pipe(skipRate({ fps: 12.5 })))?.steps).toEqual([{ kind: 'skipRate', rule: { num: 125, den: 10 } }]);
    expect(planOf(gate)?.steps).toEqual([]);
    expect(planOf(defer(() => gate).pipe(skipRate(4)))?.origin.kind).toBe('frames');
  });

  it('refuses a rate that makes no sense, and a place behind the encoder', () => {
    for (const wrong of [0, -1, 1.5, NaN, Infinity, '3', null, undefined, {}, { fps: 0 }, { fps: -5 }, { fps: 1001 }, { fps: 5, n: 2 }]) {
      expect(() => skipRate(wrong as never)).toThrow(InvalidOption);
    }
    expect(() => skipRate('3' as never)).toThrow('skipRate: "3" given, expected a whole number of at least 1, or { fps: a number from 0.000001 to 1000 }');
    expect(() => skipRate(0)).toThrow('skipRate: 0 given, expected at least 1');
    const encoded$ = fakeCamera().pipe(encodeH265({ mode: 'frame' }));
    expect(() => encoded$.pipe(skipRate(2) as never)).toThrow('skipRate after encodeH265 given');
  });

  it('leaves two subscriptions at once to themselves', () => {
    marbles(({ expectObservable }) => {
      const gate = fakeCamera('fffff');
      const expected = '       1-3-5';
      const thinned$ = gate.pipe(skipRate(2));
      expectLedger(gate);
      expectObservable(thinned$.pipe(digits), '^ 6ms !').toBe(expected);
      expectObservable(thinned$.pipe(digits), '^ 6ms !').toBe(expected);
      expectEvents(gate, '(ab)', { a: { type: 'connecting', run: 1 }, b: { type: 'connecting', run: 2 } });
    });
  });
});
