/** Laws of what steps make of a size, for any size and any step of the table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEPS, STEP_KINDS, type Step, sizeAfter } from '../../../src/core/steps/index.js';

/** No longer than 4:1: a narrower one leaves `crop` less than it can cut. */
const size = fc.record({ width: fc.integer({ min: 64, max: 8_000 }), height: fc.integer({ min: 64, max: 8_000 }) })
  .filter(({ width, height }) => Math.max(width, height) <= 4 * Math.min(width, height));
/** The first example of each suits any size. */
const anyStep = fc.constantFrom(...STEP_KINDS.filter((kind) => STEPS[kind].gives === 'pictures').map((kind): Step => STEPS[kind].step(STEPS[kind].examples[0])));
const shares = (left: number, width: number): Step => STEPS.crop.step({ left, top: 0, width, height: 1 });

describe('the size after steps', () => {
  it('is even, for any source and steps', () => {
    fc.assert(fc.property(size, fc.array(anyStep, { maxLength: 2 }), (source, steps) => {
      const { width, height } = sizeAfter(steps, source);
      expect([width % 2, height % 2]).toEqual([0, 0]);
    }));
  });

  it('is that of the even picture, where the whole of it is cut out', () => {
    fc.assert(fc.property(size, (source) => {
      expect(sizeAfter([shares(0, 1)], source)).toEqual(sizeAfter([], source));
    }));
  });

  it('adds up to the whole, where shares are cut out that do', () => {
    fc.assert(fc.property(size, fc.double({ min: 0.3, max: 0.7, noNaN: true }), (source, share) => {
      const [left, right] = [sizeAfter([shares(0, share)], source), sizeAfter([shares(share, 1 - share)], source)];
      expect(left.width + right.width).toBe(sizeAfter([], source).width);
    }));
  });

  it('is that of a rectangle of even pixels, and an InvalidOption where that is not within the picture', () => {
    const even = (from: number, most: number) => fc.integer({ min: from / 2, max: most / 2 }).map((half) => 2 * half);
    fc.assert(fc.property(size, even(0, 4_000), even(0, 4_000), even(16, 4_000), even(16, 4_000), (source, left, top, width, height) => {
      const step = STEPS.crop.step({ left, top, width, height });
      const whole = sizeAfter([], source);
      if (left + width <= whole.width && top + height <= whole.height) expect(sizeAfter([step], source)).toEqual({ width, height });
      else expect(() => sizeAfter([step], source)).toThrow(/^crop: .* given, expected within the pictures, which are \d+x\d+ there$/);
    }));
  });
});
