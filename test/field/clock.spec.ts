/** Camera clocks that start again, jump, or return; and the rule that corrects them, in ffmpeg and in Node. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { MediaTime, mediaTimeExpression } from '../../src/ffmpeg/command/media-time.js';
import { type Camera, type EncodedFrame, encodeH265, passthrough } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { type OddServer, countFrames, fieldInput, needs, run, startOddHttp, startOddRtsp, temporaryFolder } from '../services/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';

let watched: Watched | undefined;
let server: OddServer | undefined;
afterEach(async () => {
  const [last, odd] = [watched, server];
  watched = undefined;
  server = undefined;
  await last?.end();
  await odd?.stop();
});

const SECOND = 1_000_000;
const ptsOf = (of: Watched) => of.messages.map(({ headers }) => Number(headers['ce_pts']));

/** Media time differs from that of the pictures, 25 a second, by less than `seconds`, and rises. The wall clock of a busy machine proves nothing. */
function expectRealTime(of: Watched, seconds: number): void {
  const times = ptsOf(of);
  expect(times.every((pts, index) => index === 0 || pts > (times[index - 1] ?? 0))).toBe(true);
  const seqs = of.messages.map(({ headers }) => Number(headers['ce_seq']));
  const lasted = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / SECOND;
  expect(Math.abs(lasted - ((seqs.at(-1) ?? 0) - (seqs[0] ?? 0)) / 25)).toBeLessThan(seconds);
}

const WAYS: readonly (readonly [string, (gate: Camera) => Observable<EncodedFrame>, number])[] = [
  ['decoded', (gate) => gate.pipe(encodeH265()), 80],
  ['decoded, in chunks', (gate) => gate.pipe(encodeH265({ mode: 'stream', chunk: { ms: 400 } })), 8],
  ['copied', (gate) => gate.pipe(passthrough()), 80],
  ['copied, in chunks', (gate) => gate.pipe(passthrough({ chunk: { ms: 400 } })), 2],
];

needs('ffmpeg', 'python')('an RTSP camera', () => {
  const cases = WAYS.flatMap(([way, steps, messages]) => ([
    ['9,800 s back', -9800], ['an hour ahead', 3600], ['5 s ahead', 5], ['5 s back', -5],
  ] as const).map(([what, seconds]) => [what, way, seconds, steps, messages] as const))
    // All ways for the case that was reported; two ways, without chunks, for each of the others.
    .filter(([, way, seconds]) => seconds === -9800 || !way.includes('chunks'));

  it.each(cases)('whose timestamp is %s in one picture of 25 (%s): media time is as long as the pictures', async (_what, _way, seconds, steps, messages) => {
    server = await startOddRtsp({ file: await fieldInput('gop50.h264'), period: 25, ts: [[15, seconds]] });
    watched = watch(`rtsp://127.0.0.1:${server.port}/a`, { steps });
    await watched.nth('published', messages);
    watched.unsubscribe();
    expect(watched.codes).toEqual([]);
    expectRealTime(watched, 1);
  });

  it.each([
    ['decoded', 3600, 0], ['copied', 3600, 2], ['decoded', -3600, 0], ['copied', -3600, 2],
  ] as const)('whose clock is set while it is read (%s, by %i s): media time continues', async (_way, seconds, index) => {
    server = await startOddRtsp({ file: await fieldInput('gop50.h264'), step: [[40, seconds]] });
    watched = watch(`rtsp://127.0.0.1:${server.port}/a`, { steps: (WAYS[index] ?? WAYS[0])?.[1] as (typeof WAYS)[number][1] });
    await watched.nth('published', 80);
    watched.unsubscribe();
    expectRealTime(watched, 1);
  });
});

needs('ffmpeg', 'python')('an HTTP stream that begins again every two seconds', () => {
  it.each([
    ['h264', 0, 0], ['h264', 0, 2], ['h264', 2, 2], ['h265', 0, 2],
  ] as const)('%s, %i B-frames, way %i: chunks continue to arrive, and memory does not grow', async (codec, bframes, index) => {
    const path = join(temporaryFolder('clock'), 'loop.ts');
    const encoder = codec === 'h264' ? ['libx264', '-x264-params', 'keyint=25:min-keyint=25:scenecut=0'] : ['libx265', '-x265-params', 'log-level=error:keyint=25'];
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25:duration=2', '-c:v', ...encoder, '-preset', 'ultrafast', '-threads', '1',
      '-bf', String(bframes), '-pix_fmt', 'yuv420p', path]);
    server = await startOddHttp({ mode: 'live', file: path, rate: statSync(path).size / 2 });
    const steps = (gate: Camera) => (index === 0 ? gate.pipe(encodeH265({ mode: 'stream', chunk: { ms: 1000 } })) : gate.pipe(passthrough({ chunk: { ms: 1000 } })));
    watched = watch(`http://127.0.0.1:${server.port}/v`, { steps });
    await watched.nth('published', 5);
    watched.unsubscribe();
    expect(watched.codes).toEqual([]);
    expectRealTime(watched, 1);
    const frames = watched.messages.map(({ headers }) => Number(headers['ce_frames']));
    expect(frames.every((count) => count >= 20 && count <= 55)).toBe(true);
    const whole = Buffer.concat(watched.messages.map(({ value }) => value));
    expect(Math.abs(await countFrames(whole) - frames.reduce((sum, one) => sum + one, 0))).toBeLessThanOrEqual(watched.messages.length);
  });
});

describe('the rule in ffmpeg', () => {
  const offset = fc.oneof({ arbitrary: fc.constant(0), weight: 8 }, fc.integer({ min: -40_000 * SECOND, max: 40_000 * SECOND }), fc.integer({ min: -3 * SECOND, max: 20 * SECOND }));
  const picture = fc.record({ step: fc.integer({ min: -50_000, max: 120_000 }), moved: offset, once: offset });

  it.each(BUILDS.flatMap(({ name, path }) => [true, false].map((live) => [name, live, path] as const)))('has the same result as the rule in Node (%s, live: %s)', async (_name, live, path) => {
    const samples = fc.sample(fc.array(picture, { minLength: 40, maxLength: 60 }), { numRuns: 8, seed: 7 });
    for (const sample of samples) {
      let clock = 500_000;
      const given = sample.map(({ step, moved, once }) => (clock += step + moved) + once);
      const rule = new MediaTime({ live });
      const expected = given.map((one) => rule.next(one));
      const table = given.map((one, index) => `eq(N,${index})*${one}`).join('+');
      const graph = `settb=1/1000000,setpts='${table}',setpts='${mediaTimeExpression({ live })}'`;
      const out = await run(path, ['-v', 'error', '-f', 'lavfi', '-i', `color=s=16x16:r=25:d=${given.length / 25}`, '-vf', graph,
        '-vsync', 'passthrough', '-enc_time_base', '1:1000000', '-c:v', 'rawvideo', '-f', 'framemd5', '-']);
      const times = out.toString().split('\n').filter((line) => line.startsWith('0,')).map((line) => Number(line.split(/, */)[2]));
      expect(times).toEqual(expected);
    }
  });
});
