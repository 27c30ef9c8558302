/** Rates: what ffmpeg says of a stream, and what its pictures show. */
import fc from 'fast-check';
import { Subject, from, lastValueFrom, throwError, concat, toArray, materialize } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/core/engine/engine.js';
import { describedRate, measuredRate, withRate } from '../../../src/ffmpeg/stream/frame-rate.js';

describe('describedRate', () => {
  it.each([
    ['vp8, yuv420p, 640x360, 25 fps, 25 tbr, 1k tbn', { fps: 25 }], ['h264, 29.95 fps, 90k tbr, 90k tbn', { fps: 29.95 }],
    ['vp8, 1k fps, 10 tbr, 1k tbn', { fps: 10 }], ['h264, 600 fps, 15 tbr, 600 tbn', { fps: 15 }], ['h264, 90 fps, 15 tbr, 90 tbn', { fps: 15 }],
    ['vp8, 640x360, 1k tbr, 1k tbn', {}], ['h264, 90k tbr, 90k tbn', {}], ['h264, 180k fps, 180k tbr, 180k tbn', {}], ['h264, 0 fps, 90k tbr, 90k tbn', {}],
    ['mjpeg, 25 tbr, 25 tbn, 25 tbc', { guessedFps: 25 }], ['rawvideo, 8 fps, 8 tbr, 8 tbn', { fps: 8 }], ['h264, 240 fps, 240 tbr, 15360 tbn', { fps: 240 }],
    ['h264, none', {}],
  ])('%s', (text, rate) => {
    expect(describedRate(text)).toEqual(rate);
  });
});

describe('measuredRate', () => {
  it('is that of the pictures, with any order and jitter, in spite of a gap', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 120 }), fc.array(fc.double({ min: 0, max: 0.4, noNaN: true }), { minLength: 24, maxLength: 24 }), fc.integer({ min: 0, max: 23 }),
      (fps, jitter, gapAt) => {
        const times = jitter.map((part, index) => Math.round(((index + part) * 1e6) / fps) + (index > gapAt ? 7_200_000_000 : 0));
        const rate = measuredRate([...times].reverse()) ?? 0;
        expect(rate).toBeGreaterThan(fps * 0.9);
        expect(rate).toBeLessThan(fps * 1.1);
      }));
  });

  it.each([[[], undefined], [[5], undefined], [[5, 5, 5], undefined], [[0, 500_000], 2], [[0, 80_000, 160_000], 12.5]])('of %j is %s', (times, rate) => {
    expect(measuredRate(times)).toBe(rate);
  });
});

const opened = (fps?: number): EngineEvent => ({ type: 'opened', source: { codec: 'vp8', ...(fps !== undefined && { fps }) } });
const captured = (pts: number): EngineEvent => ({ type: 'captured', pts });

describe('withRate', () => {
  it('lets pictures pass at once where a rate is stated, but none before `opened`', () => {
    const events = new Subject<EngineEvent>();
    const seen: string[] = [];
    events.pipe(withRate({})).subscribe(({ type }) => { seen.push(type); });
    events.next(captured(0));
    expect(seen).toEqual([]);
    events.next(opened(25));
    expect(seen).toEqual(['opened', 'captured']);
    events.next(captured(40_000));
    expect(seen).toEqual(['opened', 'captured', 'captured']);
  });

  it('holds pictures until they show their rate', () => {
    const events = new Subject<EngineEvent>();
    const seen: EngineEvent[] = [];
    events.pipe(withRate({})).subscribe((event) => { seen.push(event); });
    events.next(opened());
    for (const index of [0, 1, 2, 3]) events.next(captured(index * 100_000));
    expect(seen).toEqual([]);
    events.next(captured(400_000));
    expect(seen[0]).toEqual({ type: 'opened', source: { codec: 'vp8', fps: 10, fpsMeasured: true } });
    expect(seen).toHaveLength(6);
  });

  it('takes the rate that is known', async () => {
    const seen = await lastValueFrom(from([opened(), captured(0)]).pipe(withRate({ fps: 12, fpsMeasured: true }), toArray()));
    expect(seen).toEqual([{ type: 'opened', source: { codec: 'vp8', fps: 12, fpsMeasured: true } }, captured(0)]);
  });

  it('loses nothing at the end, nor before an error', async () => {
    const two = [opened(), captured(0), captured(80_000)];
    const rated = { type: 'opened', source: { codec: 'vp8', fps: 12.5, fpsMeasured: true } };
    expect(await lastValueFrom(from(two).pipe(withRate({}), toArray()))).toEqual([rated, ...two.slice(1)]);
    const failing$ = concat(from(two), throwError(() => new Error('gone')));
    const kinds = await lastValueFrom(failing$.pipe(withRate({}), materialize(), toArray()));
    expect(kinds.map(({ kind }) => kind)).toEqual(['N', 'N', 'N', 'E']);
  });
});
