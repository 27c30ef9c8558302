/** ffmpeg's output, as facts. The lines are from real runs of 5.1, of the build from 2018, and of 7. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StderrParser, type StderrFact } from '../../../src/ffmpeg/process/stderr.js';

function facts(text: string): StderrFact[] {
  const parser = new StderrParser();
  return [...parser.push(Buffer.from(text)), ...parser.end()];
}

/** The lines that have a meaning. */
function told(text: string): StderrFact[] {
  return facts(text).filter((fact) => fact.kind !== 'other');
}

/** The video streams of an input that is described in these lines. */
function streamsOf(...lines: string[]) {
  return told(["[info] Input #0, x, from 'y':", ...lines, '[info] Stream mapping:', ''].join('\n'))
    .flatMap((fact) => (fact.kind === 'streams' ? fact.streams : []));
}

const FILE_51 = `[h264 @ 0x55726f441000] [verbose] Reinit context to 320x240, pix_fmt: yuv420p
[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'clip.mp4':
[info]   Metadata:
[info]     encoder         : Lavf59.27.100
[info]   Duration: 00:01:02.50, start: 0.000000, bitrate: 344 kb/s
[info]   Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
[info]   Stream #0:1[0x2](und): Video: h264 (High), 1 reference frame (avc1 / 0x31637661), yuv420p(tv, bt709, progressive, left), 320x240 [SAR 1:1 DAR 4:3], 261 kb/s, 29.97 fps, 29.97 tbr, 12800 tbn (default)
[Parsed_scale_2 @ 0x55726f445740] [verbose] w:160 h:120 flags:'' interl:0
[info] Stream mapping:
[info]   Stream #0:1 (h264) -> split:default
[info] Output #0, null, to 'pipe:':
[info]   Stream #0:0: Video: wrapped_avframe, 1 reference frame, yuv420p(progressive, left), 2x2 (0x0) [SAR 1:1 DAR 1:1], q=2-31, 200 kb/s, 25 fps, 25 tbn
`;
const FILE_2018 = `[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'clip.mp4':
[info]   Duration: 00:00:02.00, start: 0.000000, bitrate: 344 kb/s
[info]     Stream #0:0(und): Video: h264 (High), 1 reference frame (avc1 / 0x31637661), yuv420p(left), 320x240 [SAR 1:1 DAR 4:3], 261 kb/s, 25 fps, 25 tbr, 12800 tbn, 50 tbc (default)
[info]     Stream #0:1(und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
`;
const LIVE = `[tcp @ 0x5558103db800] [verbose] Successfully connected to 127.0.0.1 port 8554
[rtsp @ 0x5558103d8340] [verbose] SDP:
v=0
m=video 0 RTP/AVP 96
a=control:trackID=0
[info] Input #0, concat, from 'pipe:0':
[info]   Duration: N/A, start: 0.080000, bitrate: N/A
[info]   Stream #0:0: Video: hevc (Main), 1 reference frame, yuvj420p(pc, bt470bg/bt709/smpte170m, progressive), 1920x1080, 12.50 fps, 90k tbn
`;

describe('StderrParser', () => {
  it('reports a description with no video in it, unless it was cut where more might follow', () => {
    const end = '[rtsp @ 0x55] [error] method PLAY failed: 454 Session Not Found';
    const described = (lines: string) => told(`[rtsp @ 0x55] [verbose] SDP:\n${lines}\n${end}\n`).map(({ kind }) => kind);
    expect(described('v=0\nm=audio 0 RTP/AVP 8\na=control:stream=0')).toEqual(['connected', 'no-video', 'problem']);
    expect(described('v=0\nm=audio 0 RTP/AVP 8\nm=video 0 RTP/AVP 96')).toEqual(['connected', 'problem']);
    expect(described(`v=0\nm=audio 0 RTP/AVP 8\na=${'x'.repeat(1_000)}`)).toEqual(['connected', 'problem']);
  });

  it('reports the video streams of the input, and how long it is', () => {
    expect(told(FILE_51)).toEqual([
      { kind: 'duration', seconds: 62.5 },
      { kind: 'streams', streams: [{
        codec: 'h264', pixelFormat: 'yuv420p', width: 320, height: 240, fps: 29.97, interlaced: false,
        colorRange: 'tv', colorSpace: 'bt709', colorPrimaries: 'bt709', colorTransfer: 'bt709',
      }] },
    ]);
    expect(told(FILE_2018)).toEqual([
      { kind: 'duration', seconds: 2 },
      { kind: 'streams', streams: [{ codec: 'h264', pixelFormat: 'yuv420p', width: 320, height: 240, fps: 25 }] },
    ]);
  });

  it('reports that an RTSP server has answered, and what it sends', () => {
    expect(told(LIVE)).toEqual([
      { kind: 'connected' },
      { kind: 'streams', streams: [{
        codec: 'hevc', pixelFormat: 'yuvj420p', width: 1920, height: 1080, fps: 12.5, interlaced: false,
        colorRange: 'pc', colorSpace: 'bt470bg', colorPrimaries: 'bt709', colorTransfer: 'smpte170m',
      }] },
    ]);
  });

  it.each([
    ['raw video', 'rawvideo, 1 reference frame (I420 / 0x30323449), yuv420p, 160x120, 5760 kb/s, 25 fps, 25 tbr, 25 tbn',
      { codec: 'rawvideo', width: 160, height: 120, fps: 25 }],
    ['mjpeg from a device', 'mjpeg (Baseline), 1 reference frame (MJPG / 0x47504A4D), yuvj422p(pc, bt470bg/unknown/unknown, center), 1280x720, 30 fps',
      { codec: 'mjpeg', pixelFormat: 'yuvj422p', width: 1280, height: 720, fps: 30 }],
    ['a transport stream', 'h264 (Constrained Baseline) ([27][0][0][0] / 0x001B), 1 reference frame, yuv420p(progressive), 640x360, 12.5 fps, 1k tbr, 90k tbn',
      { codec: 'h264', width: 640, height: 360, fps: 12.5 }],
    ['a stream without a size', 'h264, 1 reference frame, none, 90k tbr, 90k tbn', { codec: 'h264' }],
  ])('reads the description of %s', (_, text, expected) => {
    const [stream] = streamsOf(`[info]   Stream #0:0: Video: ${text}`);
    expect(stream).toMatchObject(expected);
    if (!('width' in expected)) expect(stream).not.toHaveProperty('width');
  });

  it('takes the cover of a song for no video', () => {
    const cover = '[info]   Stream #0:1[0x0]: Video: mjpeg (Baseline), 1 reference frame, yuvj420p(pc), 200x200 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn';
    expect(streamsOf(`${cover} (attached pic)`)).toEqual([]);
    expect(streamsOf(`${cover}, 90k tbc`)).toEqual([]);
    expect(streamsOf('[info]   Stream #0:0: Video: mjpeg, yuvj420p, 200x200, 25 tbr, 90k tbn, 90k tbc')).toHaveLength(1);
  });

  it('reports several streams by the numbers of ffmpeg, each once, in any programme', () => {
    const stream = (number: number, size: string) => `[info]   Stream #0:${number}[0x100]: Video: h264, yuv420p, ${size}, 25 fps`;
    const sizes = streamsOf('[info]   Program 2', stream(1, '640x360'), '[info]   Program 1', stream(0, '320x180'), stream(1, '640x360'));
    expect(sizes.map(({ width }) => width)).toEqual([320, 640]);
  });

  it.each([
    ['[SAR 16:11 DAR 16:9]', '16:11'], ['[SAR 8:9 DAR 4:3], 25 kb/s, SAR 1:1 DAR 3:2', undefined], ['[SAR 1:1 DAR 3:2], SAR 8:9 DAR 4:3', '8:9'], ['[SAR 1:1 DAR 16:9]', undefined], ['[SAR 0:1 DAR 0:1]', undefined], ['[SAR 12:12 DAR 1:1]', undefined], ['', undefined],
  ])('reports the shape of pixels: %s', (shape, expected) => {
    expect(streamsOf(`[info]   Stream #0:0: Video: h264, yuv420p(left), 704x576 ${shape}, 25 fps`)[0]?.sampleAspectRatio).toBe(expected);
  });

  it.each([
    ['h264 (Main), yuv420p(top first, left)', true], ['mpeg2video, yuv420p(tv, bottom first)', true], ['hevc, yuv420p(tv, top coded first (swapped), left)', true],
    ['h264, yuv420p(tv, bt709, progressive, left)', false], ['h264, yuv420p(left)', undefined], ['dvvideo, yuv411p(topleft)', true],
  ])('reports whether a picture is two fields: %s', (text, expected) => {
    expect(streamsOf(`[info]   Stream #0:0: Video: ${text}, 720x576, 25 fps`)[0]?.interlaced).toBe(expected);
  });

  it.each([['-90.00', 90], ['90.00', 270], ['180.00', 180], ['-180.00', 180], ['-0.00', 0], ['nan', 0]])('reports the display matrix: %s', (degrees, expected) => {
    const turned = ['[info]     Side data:', `[info]       displaymatrix: rotation of ${degrees} degrees`];
    expect(streamsOf('[info]   Stream #0:0: Video: hevc, yuv420p, 64x64, 25 fps', ...turned)[0]?.rotation).toBe(expected);
    expect(streamsOf('[info]   Stream #0:0: Video: hevc, yuv420p, 64x64', '[info]   Stream #0:1: Audio: aac', ...turned)[0]).not.toHaveProperty('rotation');
  });

  it.each([
    ["[fatal] Stream map '0:v:0' matches no streams.\nTo ignore this, add a trailing '?' to the map."],
    ["[fatal] Stream specifier ':v' in filtergraph description [0:v]split[b][a] matches no streams."],
    ["[fc#0 @ 0x55b1] [fatal] Stream specifier 'v' in filtergraph description [0:v]split[b][a] matches no streams."],
  ])('reports that there is no video: %s', (text) => {
    expect(told(text)).toEqual([{ kind: 'no-video' }]);
  });

  it.each([
    ['Error while decoding stream #0:0: Invalid data found when processing input', ''],
    ['Error submitting packet to decoder: Invalid data found when processing input', '[vist#0:0/h264 @ 0x55b1a0] [dec:h264 @ 0x55b1a8] '],
  ])('reports an access unit that the decoder rejects: %s', (message, context) => {
    expect(told(`${context}[error] ${message}\n`)).toEqual([{ kind: 'decode-error', message }]);
  });

  it('takes what joining a live stream prints for no rejection', () => {
    const text = '[h264 @ 0x1] [error] co located POCs unavailable\n[h264 @ 0x1] [error] mmco: unref short failure\n';
    expect(told(text).map(({ kind }) => kind)).toEqual(['problem', 'problem']);
  });

  it('treats lines of level error and above as problems, from any component', () => {
    expect(told('[tcp @ 0x564261cd25c0] [error] Connection to tcp://127.0.0.1:1?timeout=0 failed: Connection refused\n'))
      .toEqual([{ kind: 'problem', message: 'Connection to tcp://127.0.0.1:1?timeout=0 failed: Connection refused' }]);
    expect(told('[panic] p\n[fatal] f\n[warning] w\n').map(({ kind }) => kind)).toEqual(['problem', 'problem']);
    expect(told('[h264 @ 0x1] [sub @ 0x2] [error] two contexts\n')).toEqual([{ kind: 'problem', message: 'two contexts' }]);
    expect(told('[h264 @ 000001d2b3c4a5e0] [error] as Windows prints it\n'))
      .toEqual([{ kind: 'problem', message: 'as Windows prints it' }]);
  });

  it('reports a changed size once', () => {
    const scaled = (w: number, h: number): string =>
      `[Parsed_scale_2 @ 0x44077940] [verbose] w:${w} h:${h} fmt:yuv420p sar:1/1 -> w:160 h:120 fmt:yuvj420p sar:1/1 flags:0x2\n`;
    expect(told(scaled(320, 240) + scaled(320, 240))).toEqual([]);
    expect(told(scaled(320, 240) + scaled(640, 480) + scaled(640, 480) + scaled(320, 240))).toEqual([
      { kind: 'size-changed', width: 640, height: 480, pixelFormat: 'yuv420p' },
      { kind: 'size-changed', width: 320, height: 240, pixelFormat: 'yuv420p' },
    ]);
  });

  it('ends a line at CR, at LF, and at the end of the output', () => {
    expect(facts('[info] one\r[info] two\r\n\n[info] three')).toEqual(
      ['one', 'two', 'three'].map((message) => ({ kind: 'other', level: 'info', message })));
  });

  it('gives the same facts however its bytes are cut, invalid ones included', () => {
    const line = fc.oneof(
      fc.constantFrom(...FILE_51.split('\n'), ...LIVE.split('\n')).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
    );
    const lines = fc.array(line).map((all) => Buffer.concat(all.flatMap((one) => [one, Buffer.from('\n')])));
    fc.assert(fc.property(lines, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (bytes, sizes) => {
      const parser = new StderrParser();
      const got: StderrFact[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] as number;
        got.push(...parser.push(bytes.subarray(at, at + size)));
        at += size;
      }
      got.push(...parser.end());
      const whole = new StderrParser();
      expect(got).toEqual([...whole.push(bytes), ...whole.end()]);
      expect(parser.tail).toEqual(whole.tail);
    }), { numRuns: 40 });
  });

  it('keeps the last 50 lines, each of at most 4 kB', () => {
    const parser = new StderrParser();
    for (let i = 0; i < 200; i++) parser.push(Buffer.from(`[error] line ${i}\n`));
    expect(parser.tail).toHaveLength(50);
    expect(parser.tail.at(-1)).toBe('[error] line 199');
    const flood = Buffer.alloc(65_536, 'x');
    for (let i = 0; i < 300; i++) expect(parser.push(flood)).toEqual([]);
    const [fact, ...more] = parser.push(Buffer.from('\n'));
    expect(more).toEqual([]);
    expect(fact).toMatchObject({ kind: 'other' });
    expect(parser.tail.at(-1)?.length).toBeLessThanOrEqual(4096);
  });
});
