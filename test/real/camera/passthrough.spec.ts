/** passthrough on real sources: the source's own bytes, from any container, over reconnects. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { camera, encodeH265, passthrough, resize } from '../../../src/index.js';
import { type Watched, watch } from '../../faults/kit.js';
import { annexB, countFrames, footage, needs, probePackets, run, startRtspServer, threeQuestions } from '../../services/index.js';

let watched: Watched | undefined;
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');
const DELIMITER = { h264: Buffer.from([0, 0, 0, 1, 9]), h265: Buffer.from([0, 0, 0, 1, 0x46]) };

/** The access units of an Annex B file with delimiters. */
function unitsOf(path: string, codec: 'h264' | 'h265'): Buffer[] {
  const data = readFileSync(path);
  const starts: number[] = [];
  for (let at = data.indexOf(DELIMITER[codec]); at !== -1; at = data.indexOf(DELIMITER[codec], at + 1)) starts.push(at);
  return starts.map((start, index) => data.subarray(start, starts[index + 1] ?? data.length));
}

/** The slices alone: GStreamer repeats parameter sets, and its H.265 has a zero byte more behind each unit. */
function slices(unit: Buffer, codec: 'h264' | 'h265'): string {
  const isSlice = (byte: number) => (codec === 'h264' ? (byte & 0x1f) <= 5 : ((byte >> 1) & 0x3f) < 32);
  const parts = unit.toString('latin1').split(/\0*\0\0\x01/).map((part) => part.replace(/\0+$/, ''));
  return md5(Buffer.from(parts.filter((part) => part !== '' && isSlice(part.charCodeAt(0))).join('|'), 'latin1'));
}

describe('passthrough of a file', () => {
  it.each([
    ['h264', 'ts'], ['h265', 'ts'], ['h264', 'mp4'], ['h265', 'mp4'], ['h264', 'mkv'], ['h265', 'mkv'],
  ] as const)('%s with B-frames in %s: every access unit in decoding order, and all of it decodes', async (codec, container) => {
    const path = await footage({ codec, container, bframes: 2, gop: 25 });
    const gate = camera(path);
    const units = await lastValueFrom(gate.pipe(passthrough(), toArray()));
    const packets = await probePackets(path);
    expect(units.map((unit) => unit.keyframe)).toEqual(packets.map((packet) => packet.keyframe));
    if (container === 'ts') expect(units.map((unit) => md5(unit.data))).toEqual(packets.map((packet) => packet.md5));
    expect(units[0]).toMatchObject({ codec, mode: 'stream', encoder: 'copy', width: 640, height: 360 });
    expect(units.some((unit, index) => unit.pts < (units[index - 1]?.pts ?? 0))).toBe(true);
    expect(await countFrames(Buffer.concat(units.map((unit) => unit.data)))).toBe(units.length);
    await threeQuestions({ stats: gate.stats });
  });

  it('refuses what is neither H.264 nor H.265', async () => {
    const gate = camera(await footage({ codec: 'mjpeg' }));
    await expect(lastValueFrom(gate.pipe(passthrough()))).rejects.toMatchObject({ code: 'ENCODER_FAILED', message: expect.stringContaining('mjpeg') as string });
    await threeQuestions({ stats: gate.stats });
  });
});

describe('encodeH265({ reuse: true })', () => {
  it.each([
    ['h265', 640, 'copy', /^reused: the source is hevc of 640x360/],
    ['h264', 640, 'libx265', /not reused: the source is h264$/],
    ['h265', 320, 'libx265', /not reused: the source is 640x360, and 320x180 is requested$/],
  ] as const)('%s to a width of %i: %s', async (codec, width, encoder, reason) => {
    const gate = camera(await footage({ codec }));
    const reasons: string[] = [];
    gate.events$.subscribe((event) => { if (event.type === 'encoder') reasons.push(event.reason); });
    const units = await lastValueFrom(gate.pipe(resize({ width }), encodeH265({ mode: 'stream', reuse: true }), toArray()));
    expect(new Set(units.map((unit) => unit.encoder))).toEqual(new Set([encoder]));
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(await countFrames(Buffer.concat(units.map((unit) => unit.data)))).toBe(50);
    await threeQuestions({ stats: gate.stats });
  });
});

needs('rtsp')('passthrough of an RTSP camera', () => {
  it.each(['h264', 'h265'] as const)('gives the bytes that ffmpeg -c copy takes from the same camera at the same time (%s)', async (codec) => {
    const server = await startRtspServer({ width: 160, height: 120, codec, gop: 10, bitrate: 300 });
    watched = watch(server.url, { amongOthers: true, steps: (gate) => gate.pipe(passthrough()) });
    await watched.nth('published');
    const told = await run('ffmpeg', ['-v', 'error', '-nostdin', '-rtsp_transport', 'tcp', '-i', server.url, '-c:v', 'copy', '-frames:v', '40', '-f', 'framemd5', '-']);
    // Stream, two times, duration, size, digest; from the first report of the server on, side data behind it.
    const copied = told.toString().split('\n').filter((line) => line.startsWith('0,')).map((line) => line.split(/, */)[5]);
    expect(copied).toHaveLength(40);
    // The server begins again for the second client: the first unit has other zero bytes in front of it.
    const [, ...rest] = copied;
    const copying = watched;
    const digests = () => copying.messages.map(({ value }) => md5(value));
    await copying.when('the last access unit of the copy', () => digests().includes(rest.at(-1) ?? ''));
    copying.unsubscribe();
    const ours = digests();
    const from = ours.indexOf(rest[0] ?? '');
    expect(ours.slice(from, from + rest.length)).toEqual(rest);
    await server.stop();
  });

  it.each(['h264', 'h265'] as const)('gives the bytes that the camera has sent (%s), and begins at a keyframe again after the server was killed', async (codec) => {
    const path = await annexB(await footage({ codec, gop: 10 }), codec);
    const known = new Set(unitsOf(path, codec).map((unit) => slices(unit, codec)));
    const server = await startRtspServer({ file: path, codec, fps: 25, user: 'viewer', password: 'se-cret' });
    watched = watch(server.url, { secrets: ['se-cret'], steps: (gate) => gate.pipe(passthrough()) });
    await watched.nth('published', 30);
    await server.kill();
    await watched.nth('failed');
    await server.restart();
    await watched.nth('recovered');
    await watched.next('published', 20);
    watched.unsubscribe();
    const { messages } = watched;
    expect(messages[0]?.headers).toMatchObject({ ce_keyframe: 'true', ce_codec: codec, ce_mode: 'stream', ce_width: '640', ce_height: '360' });
    const recovered = watched.of('recovered')[0]?.at ?? 0;
    const resumed = messages.findIndex(({ headers }) => Date.parse(headers['ce_time'] ?? '') >= recovered);
    expect(messages[resumed]?.headers['ce_keyframe']).toBe('true');
    // The access unit that was being received when the server died is not sent: it may be cut.
    expect(messages.filter(({ value }) => !known.has(slices(value, codec)))).toEqual([]);
    expect(await countFrames(Buffer.concat(messages.map(({ value }) => value)))).toBe(messages.length);
    expect(watched.gate.stats.dropped['capture-lost']).toBe(1);
    await server.stop();
  });
});
