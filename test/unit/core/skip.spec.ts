/** The rules of skipRate by themselves: exact on average, and the same when taken up in the middle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SkipChain, type SkipRule, fraction } from '../../../src/core/pictures/skip.js';

const every = fc.integer({ min: 1, max: 60 }).map((n): SkipRule => ({ every: n }));
const rate = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constantFrom(0.1, 0.5, 12.5, 23.976, 29.97, 59.94));
const byTime = rate.map((fps): SkipRule => fraction(fps));
const rules = fc.array(fc.oneof(every, byTime), { maxLength: 4 });
/** Media times in µs that rise strictly. */
const times = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 300 })
  .map((deltas) => deltas.reduce<number[]>((all, delta) => [...all, (all.at(-1) ?? -delta) + delta], []));

/** How many of the first `seconds` of a source are kept. */
function kept(fps: number, sourceFps: number, seconds: number): number {
  const chain = new SkipChain([fraction(fps)]);
  let count = 0;
  for (let index = 0; index < sourceFps * seconds; index++) if (chain.keep(Math.round((index * 1e6) / sourceFps))) count++;
  return count;
}

describe('SkipChain', () => {
  it('keeps the 1st, (n+1)th, (2n+1)th … picture', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), times, (n, list) => {
      const chain = new SkipChain([{ every: n }]);
      expect(list.map((pts) => chain.keep(pts))).toEqual(list.map((_, index) => index % n === 0));
    }));
  });

  it.each([[10, 25], [5, 25], [12.5, 25], [29.97, 60], [1, 24], [7, 15], [0.5, 25], [23.976, 59.94]])('keeps %d of %d a second, exactly on average', (fps, sourceFps) => {
    for (const seconds of [10, 60, 600]) expect(Math.abs(kept(fps, sourceFps, seconds) - fps * seconds)).toBeLessThanOrEqual(1);
  });

  it('keeps every picture of a source that is slower than asked for', () => {
    fc.assert(fc.property(times, (list) => {
      const chain = new SkipChain([fraction(1_000)]);
      const far = list.map((pts) => pts + list.indexOf(pts) * 1_000);
      expect(far.every((pts) => chain.keep(pts))).toBe(true);
    }));
  });

  it('keeps no two pictures closer than the source allows: one for each slot of time', () => {
    fc.assert(fc.property(byTime, times, (rule, list) => {
      const { num, den } = rule as { num: number; den: number };
      const chain = new SkipChain([rule]);
      const slots = list.filter((pts) => chain.keep(pts)).map((pts) => Math.floor((pts * num) / (den * 1e6)));
      expect(slots).toEqual([...new Set(slots)]);
      expect(new Set(slots)).toEqual(new Set(list.map((pts) => Math.floor((pts * num) / (den * 1e6)))));
    }));
  });

  it('lets each rule see only what those before it keep', () => {
    fc.assert(fc.property(rules, times, (list, pictures) => {
      const together = new SkipChain(list);
      const one = pictures.filter((pts) => together.keep(pts));
      const apart = list.reduce((left, rule) => {
        const chain = new SkipChain([rule]);
        return left.filter((pts) => chain.keep(pts));
      }, pictures);
      expect(one).toEqual(apart);
    }));
  });

  it('continues from its states as if nothing had happened', () => {
    fc.assert(fc.property(rules, times, fc.nat(), (list, pictures, cut) => {
      const whole = new SkipChain(list);
      const expected = pictures.map((pts) => whole.keep(pts));
      const at = cut % (pictures.length + 1);
      const first = new SkipChain(list);
      const before = pictures.slice(0, at).map((pts) => first.keep(pts));
      const second = new SkipChain(list, first.states);
      expect([...before, ...pictures.slice(at).map((pts) => second.keep(pts))]).toEqual(expected);
    }));
  });

  it('always keeps the first picture, at any time', () => {
    fc.assert(fc.property(rules, fc.integer({ min: 0, max: 2 ** 45 }), (list, pts) => {
      expect(new SkipChain(list).keep(pts)).toBe(true);
    }));
  });
});

describe('fraction', () => {
  it('writes a rate as whole numbers', () => {
    expect([1, 12.5, 29.97, 23.976, 0.1].map(fraction)).toEqual([
      { num: 1, den: 1 }, { num: 125, den: 10 }, { num: 2997, den: 100 }, { num: 23_976, den: 1000 }, { num: 1, den: 10 },
    ]);
  });

  it('is as near as makes no picture in a day', () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 1_000, noNaN: true }), (fps) => {
      const { num, den } = fraction(fps);
      expect(Math.abs(num / den - fps) * 86_400).toBeLessThan(1);
    }));
  });
});
