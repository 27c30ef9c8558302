/** Cameras whose next keyframe is far away when rxcam connects: access units that are rejected before the first picture are not failures. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Camera, encodeH265, passthrough } from '../../src/index.js';
import { type WatchOptions, type Watched, watch } from '../faults/kit.js';
import { type OddServer, countFrames, fieldInput, needs, run, startOddHttp, startOddRtsp, temporaryFolder } from '../services/index.js';

let watched: Watched | undefined;
let server: OddServer | undefined;
afterEach(async () => {
  const [last, odd] = [watched, server];
  watched = undefined;
  server = undefined;
  await last?.end();
  await odd?.stop();
});

/** Rejects and windows before the first picture are reported if they are counted. Those after it do not end the attempt on a busy machine. */
const STRICT: WatchOptions = { readWindowMs: 300, maxReadFailures: 40, firstFrameTimeoutMs: 15_000 };

/** Expects the first pictures, without a failure before them. */
async function expectPatience(of: Watched): Promise<void> {
  await of.nth('published', 10);
  expect(of.codes).toEqual([]);
  const first = of.of('captured')[0]?.at ?? 0;
  expect(of.of('readFailure').filter(({ at }) => at < first)).toEqual([]);
  of.unsubscribe();
  expect(await countFrames(Buffer.concat(of.messages.map(({ value }) => value)))).toBe(of.messages.length);
}

needs('ffmpeg', 'python')('a keyframe that arrives late', () => {
  it.each([
    ['decoded', (gate: Camera) => gate.pipe(encodeH265())],
    ['copied', (gate: Camera) => gate.pipe(passthrough())],
    ['reused', (gate: Camera) => gate.pipe(encodeH265({ mode: 'stream', reuse: true }))],
  ] as const)('of an RTSP camera with H.265 and no parameter sets in its description (%s)', async (_way, steps) => {
    server = await startOddRtsp({ file: await fieldInput('gop250.h265'), codec: 'h265', sprop: false, start: 130 });
    watched = watch(`rtsp://127.0.0.1:${server.port}/a`, { ...STRICT, steps });
    await expectPatience(watched);
  });

  it('of an RTSP camera with H.264 that describes itself', async () => {
    server = await startOddRtsp({ file: await fieldInput('gop50.h264'), start: 3 });
    watched = watch(`rtsp://127.0.0.1:${server.port}/a`, STRICT);
    await expectPatience(watched);
  });

  it.each([
    ['decoded', (gate: Camera) => gate.pipe(encodeH265())], ['copied', (gate: Camera) => gate.pipe(passthrough())],
  ] as const)('of a live transport stream that is joined in its GOP (%s)', async (_way, steps) => {
    const file = await fieldInput('gop50.ts');
    const { size } = statSync(file);
    server = await startOddHttp({ mode: 'live', file, offset: Math.floor(size / 30 / 188) * 188, rate: size / 6 });
    watched = watch(`http://127.0.0.1:${server.port}/v`, { ...STRICT, steps });
    await expectPatience(watched);
  });

  it('that does not arrive in time: SourceTimeout, which states what was rejected', async () => {
    server = await startOddRtsp({ file: await fieldInput('gop250.h265'), codec: 'h265', sprop: false, start: 10 });
    watched = watch(`rtsp://127.0.0.1:${server.port}/a`, { ...STRICT, firstFrameTimeoutMs: 7_000 });
    await watched.nth('failed');
    expect(watched.codes).toEqual(['SOURCE_TIMEOUT']);
    expect(watched.failures[0]?.message).toMatch(/no frame within 7000 ms: \d+ access units were rejected, the last: /);
    expect(watched.of('readFailure')).toEqual([]);
  });

  it('in a file in which no picture can be decoded: DecodeFailed, not an empty success', async () => {
    const path = join(temporaryFolder('keyframe-wait'), 'nothing.mp4');
    await run('ffmpeg', ['-v', 'error', '-i', await fieldInput('gop50.ts'), '-c', 'copy', '-movflags', '+faststart', path]);
    const clip = readFileSync(path);
    writeFileSync(path, clip.fill(0xa5, clip.indexOf('mdat') + 4));
    watched = watch(path, { ...STRICT, retry: false });
    await watched.whenOver();
    expect(watched.codes).toEqual(['DECODE_FAILED']);
    expect(watched.failures[0]?.message).toMatch(/no picture could be decoded: \d+ access units were rejected|Invalid data/);
  });
});
