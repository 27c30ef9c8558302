/** Fifty cameras on one server that restarts: with jitter they come back one after the other, not all at once. */
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { expectLedger, fakeCamera, marbles } from './kit/index.js';

const CAMERAS = 50;

/** Numbers from 0 to below 1 that are the same each time (the generator of Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed * 104_729;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** When each camera connects again after the server has gone, in ms; and the most processes that one of them had. */
function reconnections(jitter: number): { times: number[]; peak: number } {
  const times: number[] = [];
  let peak = 0;
  marbles(({ expectObservable, flush }) => {
    for (let n = 1; n <= CAMERAS; n++) {
      const gate = fakeCamera([' f 39ms f 39ms S', 'f 39ms f 39ms f'], { key: `camera_${n}`, fps: 25 });
      expectLedger(gate);
      gate.events$.subscribe((event) => { if (event.type === 'connecting' && event.attempt > 1) times.push(event.at); });
      expectObservable(gate.pipe(encodeH265(), retry({ initialMs: 5_000, jitter, random: seeded(n) })), '^ 8s !');
      gate.events$.subscribe({ next: () => { peak = Math.max(peak, gate.processes.peak); } });
    }
    flush();
  });
  return { times, peak };
}

/** The most connections within any 100 ms. */
const busiest = (times: readonly number[]) => Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 100).length));

describe('fifty cameras whose server restarts', () => {
  it('all come back at one moment without jitter', () => {
    const { times, peak } = reconnections(0);
    expect(times).toHaveLength(CAMERAS);
    expect(busiest(times)).toBe(CAMERAS);
    expect(peak).toBe(1);
  });

  it('come back spread over the wait with jitter: no herd', () => {
    const { times, peak } = reconnections(0.8);
    expect(times).toHaveLength(CAMERAS);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000);
    expect(busiest(times)).toBeLessThan(CAMERAS / 5);
    expect(peak).toBe(1);
  });
});
