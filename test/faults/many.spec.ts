/** Many cameras on one server that restarts: they come back one after the other, each with one process. */
import { afterEach, expect, it } from 'vitest';
import { type RtspServer, needs, noFfmpegLeft, startRtspServer } from '../services/index.js';
import { type Watched, captures, watch } from './kit.js';

const CAMERAS = 12;
const INITIAL_MS = 1_500;
const JITTER = 0.8;

let cameras: Watched[] = [];
let rtsp: RtspServer;
afterEach(async () => {
  for (const one of cameras) one.unsubscribe();
  await noFfmpegLeft();
  for (const one of cameras) await one.end();
  cameras = [];
  await rtsp.stop();
});

needs('rtsp')('a dozen cameras on a server that restarts', () => {
  it('try again at times that are spread by jitter, all recover, and each has one process', async () => {
    rtsp = await startRtspServer({ width: 160, height: 120, fps: 15, gop: 5 });
    const camera = (index: number) => watch(rtsp.url, {
      key: `camera_${index}`, amongOthers: true, firstFrameTimeoutMs: 30_000, readWindowMs: 1_000,
      // Draws as even as chance can make them: the test is of what is made of a draw.
      retry: { initialMs: INITIAL_MS, maxMs: INITIAL_MS, jitter: JITTER, random: () => index / CAMERAS },
    });
    // GStreamer's server crashes once in a while if a dozen clients ask for a pipeline that has not begun.
    cameras = [camera(0)];
    await cameras[0]?.nth('published', 1);
    for (let index = 1; index < CAMERAS; index++) cameras.push(camera(index));
    let most = 0;
    const counting = setInterval(() => { most = Math.max(most, captures().length); }, 100);
    await Promise.all(cameras.map((one) => one.nth('published', 3)));
    await rtsp.kill();
    const failed = await Promise.all(cameras.map((one) => one.nth('failed')));
    await rtsp.start();
    await Promise.all(cameras.map((one) => one.nth('recovered')));
    await Promise.all(cameras.map((one) => one.next('published', 3)));
    clearInterval(counting);
    expect(most).toBeLessThanOrEqual(CAMERAS);
    expect(captures()).toHaveLength(CAMERAS);

    // Those of the plan: a timer of a busy machine may be late, but none is early.
    const waits = cameras.map((one) => one.of('retrying')[0]?.delayMs ?? NaN);
    for (const [index, one] of cameras.entries()) {
      expect((one.of('connecting')[1]?.at ?? NaN) - (failed[index]?.at ?? NaN)).toBeGreaterThanOrEqual((waits[index] ?? NaN) - 2);
    }
    const starts = [...waits].sort((a, b) => a - b);
    expect(starts.at(-1)).toBeGreaterThan(INITIAL_MS * 0.9);
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(INITIAL_MS * JITTER * 0.7);
    const window = (INITIAL_MS * JITTER) / 3;
    const herds = starts.map((from) => starts.filter((at) => at >= from && at < from + window).length);
    expect(Math.max(...herds)).toBeLessThanOrEqual(CAMERAS / 2);
  }, 150_000);
});
