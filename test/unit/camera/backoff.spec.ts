/** The waits between attempts, by themselves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RETRY } from '../../../src/core/defaults/defaults.js';
import { backoffMs } from '../../../src/camera/run/reconnect.js';

const DEFAULTS = { ...RETRY, random: () => 0 };
const policy = fc.record({
  initial: fc.integer({ min: 0, max: 100_000 }),
  more: fc.integer({ min: 0, max: 1_000_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
}).map(({ initial, more, factor, jitter, draw }) => ({ initialMs: initial, maxMs: initial + more, factor, jitter, random: () => draw }));
const nth = fc.integer({ min: 1, max: 10_000 });

describe('backoffMs', () => {
  it('gives 5, 10, 20, 30, 30 … s', () => {
    expect([1, 2, 3, 4, 5, 1_000].map((n) => backoffMs(DEFAULTS, n))).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 30_000]);
  });

  it('is a finite number of ms from 0 to max, after any number of failures', () => {
    fc.assert(fc.property(policy, nth, (one, n) => {
      const wait = backoffMs(one, n);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(one.maxMs);
    }));
  });

  it('never falls from one failure to the next, jitter apart', () => {
    fc.assert(fc.property(policy, nth, (one, n) => {
      const exact = { ...one, jitter: 0 };
      expect(backoffMs(exact, n + 1)).toBeGreaterThanOrEqual(backoffMs(exact, n));
    }));
  });

  it('is shortened by no more than the share that jitter says', () => {
    fc.assert(fc.property(policy, nth, (one, n) => {
      const full = backoffMs({ ...one, jitter: 0 }, n);
      expect(backoffMs(one, n)).toBeLessThanOrEqual(full);
      expect(backoffMs(one, n)).toBeGreaterThanOrEqual(Math.floor(full * (1 - one.jitter)));
    }));
  });

  it('spreads many cameras that failed together evenly over the share', () => {
    let draws = 0;
    const evenly = { ...DEFAULTS, jitter: 0.5, random: () => (draws++ % 100) / 100 };
    const waits = Array.from({ length: 100 }, () => backoffMs(evenly, 1));
    expect(new Set(waits).size).toBe(100);
    expect([Math.min(...waits), Math.max(...waits)]).toEqual([2_525, 5_000]);
  });
});
