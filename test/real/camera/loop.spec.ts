/** Files that loop, on real ffmpeg: every container, at both paces, through every kind of encoder, over a killed process. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type EncodedFrame, camera, encodeH265, passthrough, retry } from '../../../src/index.js';
import { countFrames, ffmpegChildren, footage, temporaryFolder, threeQuestions } from '../../services/index.js';

/** Pictures of one pass: a second at 25 fps. */
const PASS = 25;

async function clip(name: string): Promise<string> {
  const file = join(temporaryFolder('loop'), name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', await footage(), '-frames:v', String(PASS), '-c:v', 'libx264', '-g', '10', '-bf', '0', file]);
  return file;
}

async function goesOn(frames: readonly EncodedFrame[]): Promise<void> {
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
  const gaps = frames.slice(1).map(({ pts }, index) => pts - (frames[index]?.pts ?? NaN));
  expect(Math.min(...gaps)).toBeGreaterThan(0);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(80_000);
  expect(await countFrames(Buffer.concat(frames.map(({ data }) => data)))).toBe(frames.length);
}

describe('a file that loops', () => {
  it.each(['clip.mp4', 'clip.mkv', 'clip.ts', 'clip.avi'])('is played again and again from %s', async (name) => {
    const gate = camera(await clip(name), { loop: true });
    const frames = await lastValueFrom(gate.pipe(encodeH265(), take(3 * PASS + 5), toArray()));
    await goesOn(frames);
    await threeQuestions({ stats: gate.stats });
  });

  it('is played at its own pace', async () => {
    const gate = camera(await clip('clip.mp4'), { loop: true, pace: 'realtime' });
    const began = Date.now();
    await goesOn(await lastValueFrom(gate.pipe(encodeH265({ mode: 'stream' }), take(2 * PASS + 5), toArray())));
    expect(Date.now() - began).toBeGreaterThan(1_900);
    await threeQuestions({ stats: gate.stats });
  });

  it('is passed through', async () => {
    const gate = camera(await clip('clip.mp4'), { loop: true });
    await goesOn(await lastValueFrom(gate.pipe(passthrough(), take(2 * PASS + 5), toArray())));
    await threeQuestions({ stats: gate.stats });
  });

  it('continues in the middle of a pass when its ffmpeg is killed', async () => {
    const gate = camera(await clip('clip.mp4'), { loop: true, pace: 'realtime' });
    gate.events$.subscribe((event) => {
      if (event.type === 'captured' && event.seq === PASS + 10) for (const pid of ffmpegChildren()) process.kill(pid, 'SIGKILL');
    });
    const frames = await lastValueFrom(gate.pipe(encodeH265(), retry(200), take(3 * PASS), toArray()));
    await goesOn(frames);
    expect(gate.stats.reconnects).toBe(1);
    await threeQuestions({ stats: gate.stats });
  });
});
