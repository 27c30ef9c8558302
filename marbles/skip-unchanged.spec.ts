import fc from 'fast-check';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { skipUnchanged } from '../operators/skip-unchanged.js';
import { toMessage } from '../operators/to-message.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { expectEvents, expectLedger, expectStats, fakeCamera, marbles } from './kit/index.js';
import { digits, frame } from './values.js';

/** A full message as `F`, a reference as the order that it names. */
const named = map(({ referenceOrder }: { referenceOrder?: number }) => String(referenceOrder ?? 'F'));
const referring = (config = {}) => [skipUnchanged(config), encodeH265({ mode: 'frame' }), toMessage({ unchanged: 'reference' }), named] as const;

describe('skipUnchanged', () => {
  it('leaves out what looks like the last picture kept, fused and on frames', () => {
    for (const isFused of [true, false]) {
      marbles(({ expectObservable, expectSubscriptions }) => {
        const source = '   -f-u-u-f-u-f|';
        const subs = '     ^-----------!';
        const expected = ' -1-----4---6|';
        const gate = fakeCamera(source, { live: false });
        const from = isFused ? gate : gate.pipe(map((one) => one));
        expectLedger(gate);
        expectObservable(from.pipe(skipUnchanged(), digits)).toBe(expected);
        expectSubscriptions(gate.subscriptions).toBe(subs);
        const left = (seq: number) => ({ type: 'skipped', seq, reason: 'unchanged' }) as const;
        expectEvents(gate, '---b-c---e', { b: left(2), c: left(3), e: left(5) });
        expectStats(gate.stats$, '20ms s', { s: { captured: 6, delivered: 3, skipped: 3, diff: 3, thinned: 0, inFlight: 0 } }, { subscription: '20ms (^!)' });
      });
    }
  });

  it('compares with the last one kept, not with the one before', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const shades = Object.fromEntries([...'abcd'].map((letter, index) => [letter, frame(index + 1, { data: Buffer.alloc(64 * 48, 4 * index) })]));
      const source = cold('abcd|', shades);
      const subs = '       ^---!';
      const expected = '   1-3-|';
      expectObservable(source.pipe(skipUnchanged(), digits)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('keeps a picture in each slot of time', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '  fuuuuuuu|'; // 0, 40, 80 … ms
      const subs = '    ^-------!';
      const expected = '1--4--7-|';
      const gate = fakeCamera(source, { live: false });
      expectObservable(gate.pipe(skipUnchanged({ maxGapMs: 110 }), digits)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('sends references in order, behind the picture that they name', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('f-u-u-f-u|', { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(...referring())).toBe('F-1-1-F-4|');
      expectSubscriptions(gate.subscriptions).toBe('^--------!');
    });
    marbles(({ expectObservable }) => {
      const slow = fakeCamera('f---------u---------u---------f---------u|', { live: false, encodeMs: 15 });
      expectLedger(slow);
      expectObservable(slow.pipe(...referring())).toBe('15ms (F1)-1 24ms (F4|)');
    });
  });

  it('starts with a full picture after a reconnect, and passes errors', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera(['fu#', 'uuf']);
      expectLedger(gate);
      expectObservable(gate.pipe(...referring(), retry(998)), '^ 1004ms !').toBe('F1 998ms F3F');
      expectSubscriptions(gate.subscriptions).toBe(['^-!', '1s ^----!']);
    });
  });

  it('stops with the subscription', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('f-u-f');
      expectLedger(gate);
      expectObservable(gate.pipe(skipUnchanged(), digits), '^--!').toBe('1');
      expectSubscriptions(gate.subscriptions).toBe('^--!');
    });
  });

  it('accounts for every picture: out, or skipped', () => {
    fc.assert(fc.property(fc.stringMatching(/^[fu]{1,30}$/), fc.integer({ min: 1, max: 4 }), (script, every) => {
      marbles(({ expectObservable, expectSubscriptions, flush }) => {
        const gate = fakeCamera(`${script}|`, { live: false });
        expectLedger(gate);
        expectObservable(gate.pipe(skipRate(every), skipUnchanged(), digits));
        expectSubscriptions(gate.subscriptions).toBe(`^ ${script.length - 1}ms !`);
        flush();
        const { captured, delivered, thinned, diff, inFlight } = gate.stats;
        expect([captured, delivered + thinned + diff, inFlight]).toEqual([script.length, script.length, 0]);
      });
    }));
  });

  it('names what is wrong', () => {
    for (const wrong of [{ threshold: 0 }, { threshold: 0.6 }, { maxGapMs: 0 }, { gap: 1 }]) expect(() => skipUnchanged(wrong)).toThrow(InvalidOption);
    const gate = fakeCamera();
    // @ts-expect-error -- it does not compile
    expect(() => gate.pipe(skipUnchanged(), skipRate(2))).toThrow('skipRate after skipUnchanged given');
    expect(() => gate.pipe(encodeH265(), toMessage({ unchanged: 'reference' }))).toThrow('without skipUnchanged');
    expect(() => gate.pipe(skipUnchanged(), encodeH265(), map((one) => one), toMessage({ unchanged: 'reference' }))).toThrow('after your own operator');
    const chunks = encodeH265({ mode: 'stream', chunk: 'gop' });
    expect(() => gate.pipe(skipUnchanged(), chunks, toMessage({ unchanged: 'reference' }))).toThrow('given with chunk');
  });
});
