/** Recordings on the disk: the access units as they were sent, true times, and what is left when something dies. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Observable, Subject, concat, from, lastValueFrom, map, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type EncodedFrame, type Recorded, camera, encodeH265, encodeJpeg, passthrough, record, resize, skipRate } from '../../../src/index.js';
import { accessUnits } from '../../../src/ffmpeg/index.js';
import type { Decodable } from '../../../src/consumer/decoding/index.js';
import { countFrames, ffmpegChildren, footage, needs, noFfmpegLeft, probePackets, probeStream } from '../../services/index.js';
import { eventually } from '../../faults/kit.js';

const folder = () => mkdtempSync(join(tmpdir(), 'rxcam-test-record-'));

/** As a broker would hand it on; the pictures are 40 ms apart by the wall clock too. */
function received(frames: readonly EncodedFrame[], startAt = Date.UTC(2026, 10, 28, 12), key = 'gate'): Decodable[] {
  return frames.map((frame, index) => {
    const capturedAt = startAt + frame.pts / 1000;
    const pictures = frame.pictures?.map((one) => ({ ...one, capturedAt: startAt + one.pts / 1000 }));
    return { ...frame, capturedAt, ...(pictures && { pictures }), camera: key, topic: 'video', key, inputOrder: index + 1, timestamp: capturedAt };
  });
}

async function sent(units$: Observable<EncodedFrame>): Promise<EncodedFrame[]> {
  return lastValueFrom(units$.pipe(map((frame) => ({ ...frame, data: Buffer.from(frame.data) })), toArray()));
}

const closedOf = (events: readonly Recorded[]) => events.filter((one) => one.type === 'closed');
const linesOf = (at: string, key = 'gate') => readFileSync(join(at, key, 'recordings.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Recorded);
const digest = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

/** As MP4 holds an access unit: a length of four bytes before each NAL unit. */
function lengthPrefixed(unit: Buffer): Buffer {
  const nals = unit.toString('latin1').split(/\0?\0\0\x01/).filter((one) => one !== '');
  return Buffer.concat(nals.flatMap((nal) => {
    const bytes = Buffer.from(nal.replace(/\0+$/, ''), 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  }));
}

needs('ffmpeg')('record', () => {
  it.each([
    ['H.265, each a keyframe', encodeH265(), 'h265'],
    ['H.265 in stream mode', encodeH265({ mode: 'stream', gop: 10 }), 'h265'],
    ['H.265 in chunks', encodeH265({ mode: 'stream', chunk: { frames: 7 } }), 'h265'],
    ['H.264 as the source has it', passthrough(), 'h264'],
  ] as const)('writes %s as it was sent, with the times that it has', async (_, encode, codec) => {
    const clip = await footage({ width: 320, height: 180, bframes: codec === 'h264' ? 2 : 0 });
    const frames = await sent(camera(clip, { key: 'gate' }).pipe(encode as ReturnType<typeof encodeH265>));
    const at = folder();
    const events = await lastValueFrom(from(received(frames)).pipe(record(at), toArray()));
    const [file] = closedOf(events);
    expect(file).toMatchObject({ pictures: 50, codec, width: 320, height: 180, reason: 'ended', durationMs: 2000, firstOrder: 1, lastOrder: frames.length });
    expect(relative(at, file?.file ?? '')).toMatch(/^gate\/2026-11-28T12-00-0\d-\d{3}Z[.]mp4$/);
    const path = file?.file ?? '';
    const packets = await probePackets(path);
    const wanted = frames.flatMap(({ data }) => accessUnits(data, codec));
    expect(packets.map(({ md5 }) => md5)).toEqual(wanted.map((unit) => digest(lengthPrefixed(unit))));
    const times = packets.map(({ pts }) => pts ?? -1);
    const first = Math.min(...times);
    const { time_base: base = '1/1' } = await probeStream(path);
    const tick = 1e6 / Number(String(base).split('/')[1]);
    const pictures = frames.flatMap((frame) => frame.pictures ?? [frame]);
    const start = Math.min(...pictures.map(({ pts }) => pts));
    expect(times.map((time) => Math.round((time - first) * tick))).toEqual(pictures.map(({ pts }) => pts - start));
    expect(linesOf(at)).toHaveLength(1);
    await noFfmpegLeft();
  });

  it('writes JPEG pictures as they were sent', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(skipRate(10), encodeJpeg()));
    const events = await lastValueFrom(from(received(frames)).pipe(record(folder()), toArray()));
    const [file] = closedOf(events);
    const packets = await probePackets(file?.file ?? '');
    expect(packets.map(({ md5 }) => md5)).toEqual(frames.map(({ data }) => digest(data)));
  });

  it('begins another file at a gap, a change of size and a new period, each at a keyframe', async () => {
    const clip = await footage({ width: 320, height: 180 });
    const large = await sent(camera(clip, { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 5 })));
    const small = await sent(camera(clip, { key: 'gate' }).pipe(resize({ width: 160 }), encodeH265({ mode: 'stream', gop: 5 })));
    const noon = Date.UTC(2026, 10, 28, 12);
    const gap = { verdict: 'gap' as const, topic: 'video', key: 'gate', camera: 'gate', cause: 'lost', size: 3 };
    const at = folder();
    const events = await lastValueFrom(concat(
      from(received(large, noon - 1_000)), from(received(small, noon + 1_000)), from(received(small, noon + 100_000)), from([gap]), from(received(small.slice(7), noon + 102_000)),
    ).pipe(record(at, { every: 60_000 }), toArray()));
    // A separate process finishes each file.
    const inOrder = [...closedOf(events)].sort((a, b) => a.from - b.from);
    expect(inOrder.map(({ reason, width, pictures }) => `${reason} ${width} ${pictures}`)).toEqual([
      'period 320 25', 'changed 320 25', 'gap 160 50', 'gap 160 50', 'ended 160 40',
    ]);
    expect(events.filter((one) => one.type === 'gap').map(({ cause, size }) => `${cause} ${size}`)).toEqual(['silence 0', 'lost 3', 'undecodable 3']);
    expect(linesOf(at).map(({ type }) => type).sort()).toEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'gap', 'gap', 'gap']);
    for (const { file, pictures } of closedOf(events)) expect(await countFrames(file)).toBe(pictures);
  });

  it('can be played while it is written, and loses at most the last half second when ffmpeg is killed', async () => {
    const frames = received(await sent(camera(await footage({ width: 320, height: 180, seconds: 4 }), { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 25 }))));
    const at = folder();
    const messages = new Subject<Decodable>();
    const events: Recorded[] = [];
    const over = lastValueFrom(messages.pipe(record(at), map((event) => { events.push(event); })), { defaultValue: undefined });
    for (const frame of frames.slice(0, 75)) messages.next(frame);
    await eventually('the file', () => ffmpegChildren().length > 0 && readdirSync(join(at, 'gate')).some((name) => name.endsWith('.mp4')));
    const path = join(at, 'gate', readdirSync(join(at, 'gate')).find((name) => name.endsWith('.mp4')) ?? '');
    await eventuallyAsync('pictures in it', async () => (await countFrames(path).catch(() => 0)) >= 60);
    for (const pid of ffmpegChildren()) process.kill(pid, 'SIGKILL');
    await eventually('the end of the file', () => events.some(({ type }) => type === 'closed'));
    expect(await countFrames(path)).toBeGreaterThanOrEqual(62);
    for (const frame of frames.slice(75)) messages.next(frame);
    messages.complete();
    await over;
    expect(closedOf(events).map(({ reason, pictures }) => `${reason} ${pictures}`)).toEqual(['failed 75', 'ended 25']);
    await noFfmpegLeft();
  });

  it('removes the oldest files, and their lines, above the limit', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(encodeH265()));
    const at = folder();
    const noon = Date.UTC(2026, 10, 28, 12);
    const events = await lastValueFrom(concat(...[0, 1, 2, 3].map((n) => from(received(frames, noon + n * 60_000)))).pipe(
      record(at, { keep: { bytes: 2.5 * frames.reduce((sum, { data }) => sum + data.length, 0) } }), toArray()));
    const removed = events.filter((one) => one.type === 'removed').map(({ file }) => file);
    const closed = closedOf(events).map(({ file }) => file);
    expect(removed).toEqual(closed.slice(0, removed.length));
    expect(removed.length).toBeGreaterThanOrEqual(1);
    expect(removed.some((file) => existsSync(file))).toBe(false);
    expect(linesOf(at).filter(({ type }) => type === 'closed')).toHaveLength(closed.length - removed.length);
  });

  it('keeps an HLS playlist that plays all files', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 25 })));
    const at = folder();
    const noon = Date.UTC(2026, 10, 28, 12);
    await lastValueFrom(concat(from(received(frames, noon)), from(received(frames, noon + 60_000))).pipe(record(at, { hls: true }), toArray()));
    expect(await probePackets(join(at, 'gate', 'index.m3u8'))).toHaveLength(100);
  });

  it('keeps a folder for each key, with any name', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(skipRate(25), encodeH265()));
    const at = folder();
    const keys = ['../gate', 'tor 1/ä', '__proto__', '.'];
    const events = await lastValueFrom(concat(...keys.map((key) => from(received(frames, undefined, key)))).pipe(record(at), toArray()));
    expect(closedOf(events)).toHaveLength(keys.length);
    expect(readdirSync(at).sort()).toEqual(['__proto__', '~2e', '~2e~2e~2fgate', 'tor~201~2f~c3~a4'].sort());
  });

  it('fails with RECORDING_FAILED where it may not write', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(skipRate(25), encodeH265()));
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(lastValueFrom(from(received(frames)).pipe(record(file), toArray()))).rejects.toMatchObject({ code: 'RECORDING_FAILED', camera: 'gate' });
  });
});

async function eventuallyAsync(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!await isSo()) if (performance.now() > end) throw new Error(`not within 20 s: ${what}`);
}
