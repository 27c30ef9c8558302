/** Media time that rises: its laws, for clocks that start again, jump, and come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaTime } from '../../../src/ffmpeg/command/media-time.js';

const SECOND = 1_000_000;
const FRAME = 40_000;

/** Times that a camera states for a picture instead of its true time. */
type Fault = { readonly kind: 'moves' | 'once'; readonly by: number };

const far = fc.oneof(fc.integer({ min: 11 * SECOND, max: 40_000 * SECOND }), fc.integer({ min: -40_000 * SECOND, max: -11 * SECOND }));
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom('moves', 'once'), by: far });
/** A picture each 40 ms, more or less, with a fault at some: never at two in a row, nor at the first. */
const pictures = fc.array(fc.record({ jitter: fc.integer({ min: -9_000, max: 9_000 }), fault: fc.option(fault, { freq: 8 }) }), { minLength: 5, maxLength: 120 })
  .map((all) => all.map((one, index) => (index < 3 || index % 3 > 0 ? { ...one, fault: null } : one)));

function timesOf(given: readonly number[], live: boolean): number[] {
  const rule = new MediaTime({ live });
  return given.map((one) => rule.next(one));
}

function rises(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] as number));
}

describe('media time', () => {
  it('rises, for any times of a source', () => {
    const anything = fc.oneof(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 1_000_000 }), fc.constant(NaN), fc.constant(0));
    fc.assert(fc.property(fc.array(anything, { maxLength: 200 }), fc.boolean(), (given, live) => rises(timesOf(given, live))));
  });

  it('is what the source says, where that rises and has no long gaps', () => {
    const steps = fc.array(fc.integer({ min: 1, max: SECOND }), { maxLength: 200 });
    fc.assert(fc.property(steps, fc.integer({ min: 0, max: 1e9 }), fc.boolean(), (distances, from, live) => {
      let time = from;
      const given = [from, ...distances.map((distance) => (time += distance))];
      expect(timesOf(given, live)).toEqual(given);
    }));
  });

  it('lasts about as long as the pictures do, over clocks that move and outliers', () => {
    fc.assert(fc.property(pictures, (all) => {
      let moved = 0;
      const given = all.map(({ jitter, fault: one }, index) => {
        if (one?.kind === 'moves') moved += one.by;
        return 100_000 + index * FRAME + jitter + moved + (one?.kind === 'once' ? one.by : 0);
      });
      const times = timesOf(given, true);
      const faults = all.filter((one) => one.fault !== null).length;
      const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0);
      expect(rises(times)).toBe(true);
      expect(Math.abs(lasted - (all.length - 1) * FRAME)).toBeLessThanOrEqual((faults + 2) * FRAME);
    }));
  });

  it('knows a gap in a file by its second picture, and takes the same for a wrong clock of a live source', () => {
    const given = [0, 1, 2, 180_002, 180_003, 180_004].map((frames) => frames * FRAME);
    expect(timesOf(given, false)).toEqual([0, 1, 2, 3, 180_003, 180_004].map((frames) => frames * FRAME));
    expect(timesOf(given, true)).toEqual([0, 1, 2, 3, 4, 5].map((frames) => frames * FRAME));
  });

  it.each([true, false])('believes a source that makes few pictures (live: %s)', (live) => {
    const times = timesOf([0, 1, 2, 60, 120, 180, 240].map((seconds) => seconds * SECOND), live);
    expect(times.slice(4).map((time, index) => time - (times[index + 3] as number))).toEqual([expect.any(Number), 60 * SECOND, 60 * SECOND]);
  });

  it('is bounded where most time stamps of a live source are noise', () => {
    const noise = fc.oneof(fc.constant(0), fc.integer({ min: -20_000 * SECOND, max: 20_000 * SECOND }));
    fc.assert(fc.property(fc.array(noise, { minLength: 200, maxLength: 200 }), (all) => {
      const times = timesOf(all.map((one, index) => index * FRAME + one), true);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(200 * 600 * SECOND);
    }));
  });

  it('comes back from several outliers in a row', () => {
    const given = [0, 1, 2, -1_000_003, -1_000_002, -1_000_001, 6, 7].map((frames) => frames * FRAME);
    expect(timesOf(given, true)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((frames) => frames * FRAME));
  });
});

describe('media time of access units in decoding order', () => {
  /** Distances in display of a GOP with B-frames, in the order in which they are decoded. */
  const ORDER = [0, 4, 2, 1, 3, 8, 6, 5, 7] as const;
  const gops = (clocks: readonly number[]) => clocks.flatMap((clock, gop) => ORDER.map((place) => ({
    given: (clock + gop * ORDER.length + place) * FRAME, true: (gop * ORDER.length + place) * FRAME, isKey: place === 0,
  })));

  it('is what the source says, with B-frames', () => {
    const units = gops([5, 5, 5]);
    const rule = new MediaTime({ live: true });
    expect(units.map((unit) => rule.next(unit.given, unit.isKey))).toEqual(units.map((unit) => unit.given));
  });

  it('continues after the clock moves at a keyframe, and keeps the order of B-frames', () => {
    fc.assert(fc.property(fc.array(far, { minLength: 1, maxLength: 10 }), (moves) => {
      let clock = 0;
      const units = gops([0, ...moves.map((by) => (clock += Math.round(by / FRAME)))]);
      const rule = new MediaTime({ live: true });
      const times = units.map((unit) => rule.next(unit.given, unit.isKey));
      for (const [index, unit] of units.entries()) {
        expect(Math.abs((times[index] as number) - unit.true)).toBeLessThanOrEqual(8 * FRAME * moves.length);
      }
      for (const gop of [...moves.keys(), moves.length]) {
        const shown = times.slice(gop * ORDER.length, (gop + 1) * ORDER.length);
        expect(shown.map((time) => (time - (shown[0] as number)) / FRAME)).toEqual(ORDER);
      }
    }));
  });

  it('places an outlier after the others, from any place in the GOP', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 26 }), far, (at, by) => {
      const units = gops([0, 0, 0]);
      const rule = new MediaTime({ live: true });
      const times = units.map((unit, index) => rule.next(unit.given + (index === at ? by : 0), unit.isKey));
      for (const [index, unit] of units.entries()) {
        if (index !== at) expect(times[index]).toBe(unit.true);
        else expect(Math.abs((times[index] as number) - unit.true)).toBeLessThanOrEqual(12 * FRAME);
      }
    }));
  });
});
