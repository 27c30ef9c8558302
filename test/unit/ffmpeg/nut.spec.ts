/** The NUT reader on files that no ffmpeg is needed for: legal ones of every kind, and damaged ones. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { crc32 } from '../../../src/ffmpeg/nut/crc.js';
import { FLAG } from '../../../src/ffmpeg/nut/file-headers.js';
import { NutError, NutReader, type NutPacket, type NutReaderOptions, type NutStream } from '../../../src/ffmpeg/nut/index.js';
import {
  checksum, FILE_ID, frame, main, packet, START, streamHeaders, syncpoint, v, vb, type Layout,
} from './nut-writer.js';

interface Outcome {
  packets: NutPacket[];
  streams: NutStream[][];
  error: unknown;
}

/** Pushes chunks and ends; an error is part of the outcome. */
function read(chunks: Iterable<Uint8Array>, options: Partial<NutReaderOptions> = {}): Outcome {
  const packets: NutPacket[] = [];
  const streams: NutStream[][] = [];
  const reader = new NutReader({ onPacket: (p) => packets.push(p), onStreams: (all) => streams.push([...all]), ...options });
  let error: unknown;
  try {
    for (const chunk of chunks) reader.push(chunk);
    reader.end();
  } catch (thrown) {
    error = thrown;
  }
  return { packets, streams, error };
}

/** A line for each packet, its data as a digest: quickly compared. */
function digests(packets: readonly Pick<NutPacket, 'stream' | 'rawPts' | 'key' | 'data'>[]): string {
  return packets.map(({ stream, rawPts, key, data }) =>
    `${stream} ${rawPts} ${key} ${data.length} ${createHash('md5').update(data).digest('hex')}`).join('\n');
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes.length > 0 ? sizes[i % sizes.length]! : bytes.length;
    // A separate chunk, overwritten afterwards: the reader must not keep views of it.
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

function *overwritten(chunks: readonly Buffer[]): Iterable<Buffer> {
  for (const chunk of chunks) {
    yield chunk;
    chunk.fill(0xee);
  }
}

const layout: Layout = {
  bases: [{ num: 1, den: 25 }, { num: 1, den: 90_000 }],
  elisions: [Buffer.from([0, 0, 1]), Buffer.from([0, 0, 1, 0xb6])],
  streams: [{ base: 0, shift: 7 }, { base: 1, shift: 14, extradata: Buffer.from('extra') }],
};
const headers = (of: Layout = layout): Buffer => Buffer.concat([FILE_ID, main(of), ...streamHeaders(of)]);

/** A frame of a model file: its real time stamp, and how to write it. */
const anyFrame = fc.record({
  stream: fc.constantFrom(0, 1),
  step: fc.integer({ min: -60, max: 60 }),
  full: fc.boolean(),
  key: fc.boolean(),
  body: fc.uint8Array({ maxLength: 60 }),
  size: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 4000, max: 70_000 }) }),
  elision: fc.constantFrom(0, 0, 1, 2),
  reserved: fc.option(fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 20 }), { nil: undefined }),
  syncpoint: fc.boolean(),
  extra: fc.constantFrom('none', 'none', 'none', 'info', 'long info', 'headers'),
});

interface Model { bytes: Buffer; packets: { stream: number; rawPts: number; key: boolean; data: Buffer }[] }

/** Writes a model file as the format says, low bits of time stamps included. */
const anyFile: fc.Arbitrary<Model> = fc.array(anyFrame, { maxLength: 12 }).map((frames) => {
  const parts = [headers(), syncpoint(layout, 0, 1000)];
  const last = [1000, 3_600_000];
  const packets: Model['packets'] = [];
  for (const { stream, step, full, key, body, size, elision, reserved, syncpoint: sync, extra } of frames) {
    if (extra === 'info') parts.push(packet(START.info, Buffer.from('any')));
    if (extra === 'long info') parts.push(packet(START.info, Buffer.alloc(9000, 'info')));
    if (extra === 'headers') parts.push(main(layout), ...streamHeaders(layout));
    if (sync) {
      const pts = last[0]!;
      parts.push(syncpoint(layout, 0, pts));
      last[1] = pts * 3600;
    }
    const { shift } = layout.streams[stream]!;
    const rawPts = last[stream]! + step;
    const coded = full ? rawPts + 2 ** shift : rawPts & (2 ** shift - 1);
    last[stream] = rawPts;
    const long = size > 0;
    const start = elision > 0 && !long ? layout.elisions![elision - 1]! : Buffer.alloc(0);
    const data = long ? Buffer.alloc(size, body.length + 1) : Buffer.concat([start, body]);
    const coding = long ? {} : { elision };
    parts.push(frame(layout, { stream, coded, key, data, ...coding, ...(reserved ? { reserved } : {}) }));
    packets.push({ stream, rawPts, key, data });
  }
  parts.push(packet(START.index, Buffer.alloc(20_000, 'N')));
  return { bytes: Buffer.concat(parts), packets };
});

/** A legal file of some length, to be damaged. */
const SAMPLE = Buffer.concat([
  headers(), packet(START.info, Buffer.from('encoder')), syncpoint(layout, 0, 10),
  ...Array.from({ length: 12 }, (_, i) =>
    frame(layout, { stream: i % 2, coded: i % 2 ? 2 ** 14 + 36_000 + i : i + 10, key: i === 0, data: Buffer.alloc(40 + i, i) })),
  main(layout), ...streamHeaders(layout), syncpoint(layout, 1, 90_000),
  frame(layout, { stream: 0, coded: 128 + 25, key: true, data: Buffer.alloc(9000, 7) }),
  packet(START.index, Buffer.alloc(5000, 'N')),
]);

describe('the checksum', () => {
  it('is CRC-32/POSIX without its length and its inversion', () => {
    const bytes = Buffer.from('123456789');
    expect(crc32(bytes, 0, 9) >>> 0).toBe(0x89a1897f);
  });

  it('is 0 over a message and its checksum', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const whole = Buffer.concat([bytes, checksum(Buffer.from(bytes))]);
      expect(crc32(whole, 0, whole.length)).toBe(0);
    }));
  });
});

describe('NutReader', () => {
  it('gives the packets of any legal file, however its bytes are cut', () => {
    fc.assert(fc.property(anyFile, fc.array(fc.integer({ min: 1, max: 4000 })), ({ bytes, packets }, sizes) => {
      const { packets: got, streams, error } = read(overwritten(cut(bytes, sizes)));
      expect(error).toBeUndefined();
      expect(streams).toHaveLength(1);
      expect(digests(got)).toBe(digests(packets));
      for (const { data } of got) expect(data.buffer.byteLength).toBe(data.length);
    }), { numRuns: 300 });
  });

  it('gives the packets of a file that comes byte by byte', () => {
    fc.assert(fc.property(anyFile, ({ bytes, packets }) => {
      const { packets: got, error } = read(overwritten(cut(bytes, [1])));
      expect(error).toBeUndefined();
      expect(digests(got)).toBe(digests(packets));
    }), { numRuns: 15 });
  });

  it('describes the streams before the first packet', () => {
    const order: string[] = [];
    const { streams } = read([SAMPLE]);
    read([SAMPLE], { onStreams: () => order.push('streams'), onPacket: () => order.push('packet') });
    expect(order.slice(0, 2)).toEqual(['streams', 'packet']);
    expect(streams[0]).toEqual([
      { index: 0, kind: 'video', fourcc: 'HEVC', timeBase: { num: 1, den: 25 }, width: 640, height: 360, extradata: Buffer.alloc(0) },
      { index: 1, kind: 'video', fourcc: 'HEVC', timeBase: { num: 1, den: 90_000 }, width: 640, height: 360,
        extradata: Buffer.from('extra') },
    ]);
  });

  it('gives a packet as soon as its last byte is there', () => {
    const onPacket = vi.fn();
    const reader = new NutReader({ onPacket });
    const bytes = Buffer.concat([headers(), syncpoint(layout, 0, 0),
      frame(layout, { stream: 0, coded: 0, key: true, data: Buffer.from('frame') })]);
    reader.push(bytes.subarray(0, -1));
    expect(onPacket).not.toHaveBeenCalled();
    reader.push(bytes.subarray(-1));
    expect(onPacket).toHaveBeenCalledOnce();
  });

  it('takes a size, a time and a stream from the code byte alone', () => {
    // Code 2 + n: key, stream 0, delta 1, size n + 200 * msb.
    const bytes = Buffer.concat([headers(), syncpoint(layout, 0, 5),
      Buffer.from([2 + 3]), v(0), Buffer.from('abc'), Buffer.from([2 + 1]), v(1), Buffer.alloc(201, 'x')]);
    const { packets, error } = read([bytes]);
    expect(error).toBeUndefined();
    expect(packets.map((p) => [p.rawPts, p.pts, p.key, p.data.length])).toEqual([[6, 240_000, true, 3], [7, 280_000, true, 201]]);
  });

  it('rounds time stamps to the nearest microsecond, in 1970 as today', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.oneof(fc.nat(1e6), fc.maxSafeNat()),
      (num, den, pts) => {
        const one: Layout = { bases: [{ num, den }], streams: [{ base: 0, shift: 0, maxPtsDistance: 2 ** 53 - 1 }] };
        const exact = (BigInt(pts - 1) * BigInt(num) * 2_000_000n + BigInt(den)) / (2n * BigInt(den));
        fc.pre(pts > 0 && exact <= BigInt(Number.MAX_SAFE_INTEGER));
        const coded = BigInt(pts);
        const { packets, error } = read([headers(one), frame(one, { stream: 0, coded, key: true, data: Buffer.alloc(1) })]);
        expect(error).toBeUndefined();
        expect(packets[0]!.pts).toBe(Number(exact));
      },
    ), { numRuns: 300 });
  });

  it('sets the time of every stream by a syncpoint, rounded down', () => {
    fc.assert(fc.property(
      fc.record({ num: fc.integer({ min: 1, max: 1e9 }), den: fc.integer({ min: 1, max: 1e9 }) }),
      fc.record({ num: fc.integer({ min: 1, max: 1e9 }), den: fc.integer({ min: 1, max: 1e9 }) }),
      fc.nat(1e9),
      (from, to, pts) => {
        const expected = (BigInt(pts) * BigInt(from.num) * BigInt(to.den)) / (BigInt(from.den) * BigInt(to.num));
        fc.pre(expected < BigInt(Number.MAX_SAFE_INTEGER));
        fc.pre((expected + 1n) * BigInt(to.num) * 1_000_000n < BigInt(to.den) * 2n ** 52n);
        const one: Layout = { bases: [to, from], streams: [{ base: 0, shift: 0 }] };
        const { packets } = read([headers(one), syncpoint(one, 1, pts), Buffer.from([2 + 1]), v(0), Buffer.from('a')]);
        expect(packets[0]!.rawPts).toBe(Number(expected + 1n));
      },
    ), { numRuns: 300 });
  });

  it('leaves out the mark of a stream without relevance', () => {
    const mark = frame(layout, { stream: 0, coded: 0, key: true, data: Buffer.alloc(0), flags: FLAG.EOR });
    expect(read([headers(), syncpoint(layout, 0, 0), mark])).toMatchObject({ packets: [], error: undefined });
  });

  it('takes a long stream header, which has a checksum of its length', () => {
    const extradata = Buffer.alloc(5000, 'vps');
    const { streams, error } = read([headers({ ...layout, streams: [{ base: 0, shift: 7, extradata }] })]);
    expect(error).toBeUndefined();
    expect(streams[0]![0]!.extradata).toEqual(extradata);
  });

  it('takes no bytes at all for no error', () => {
    expect(read([]).error).toBeUndefined();
    expect(read([new Uint8Array(0)]).error).toBeUndefined();
  });
});

describe('NutReader given what it cannot read', () => {
  const errorOf = (...parts: Buffer[]): unknown => read(parts).error;
  const code = (value: string): unknown => expect.objectContaining({ name: 'NutError', code: value });
  const first = { stream: 0, coded: 0, key: true, data: Buffer.from('frame') };

  it.each([
    ['something else', 'bad-magic', [Buffer.from('RIFF')]],
    ['version 4', 'unsupported', [headers({ ...layout, version: 4 })]],
    ['an unknown start code', 'bad-magic', [headers(), packet('4e00000000000001', Buffer.from('new'))]],
    ['a frame before the streams', 'bad-header', [FILE_ID, main(layout), frame(layout, first)]],
    ['a syncpoint before the streams', 'bad-header', [FILE_ID, main(layout), syncpoint(layout, 0, 0)]],
    ['a stream before the main header', 'bad-header', [FILE_ID, ...streamHeaders(layout)]],
    ['an invalid code byte', 'bad-header', [headers(), Buffer.from([0])]],
    ['a repeated main header that differs', 'unsupported', [headers(), main({ ...layout, maxDistance: 9 })]],
    ['side data', 'unsupported', [headers(), frame(layout, { ...first, flags: FLAG.SM_DATA })]],
    ['an unknown flag', 'bad-header', [headers(), frame(layout, { ...first, flags: 4 })]],
    ['a stream that is not there', 'bad-header', [headers(), frame(layout, { ...first, stream: 2 })]],
    ['a frame far away without a checksum', 'bad-header', [headers(), frame(layout, { ...first, coded: 9999, checked: false })]],
    ['a big frame without a checksum', 'bad-header',
      [headers(), frame(layout, { ...first, data: Buffer.alloc(70_000), checked: false })]],
    ['a number above 2^53', 'bad-header', [headers(), frame(layout, { ...first, coded: 2n ** 60n })]],
    ['a time that microseconds cannot express', 'bad-header',
      [headers({ bases: [{ num: 1e9, den: 1 }], streams: [{ base: 0, shift: 0 }] }), frame(layout, { ...first, coded: 1e6 })]],
    ['many reserved fields', 'bad-header',
      [headers(), frame(layout, { ...first, reserved: Array.from({ length: 5000 }, () => 0) })]],
    ['many time bases', 'bad-header',
      [FILE_ID, packet(START.main, Buffer.concat([v(3), v(1), v(9), v(1e9), Buffer.alloc(100, 1)]))]],
    ['a header cut short', 'bad-header', [FILE_ID, packet(START.main, Buffer.concat([v(3), v(1), v(9), v(1), v(1)]))]],
    ['a blob beyond its header', 'bad-header', [headers({ ...layout, streams: [] }), packet(START.stream, vb(Buffer.from('x')))]],
  ] as const)('%s: %s', (_, expected, parts) => {
    expect(errorOf(...parts)).toEqual(code(expected));
  });

  it('says where', () => {
    const before = headers();
    expect(errorOf(before, Buffer.from([0]))).toMatchObject({ offset: before.length });
  });

  it('truncation, at any place', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: SAMPLE.length - 1 }), (length) => {
      const { error } = read([SAMPLE.subarray(0, length)]);
      if (error !== undefined) expect(error).toEqual(code('truncated'));
      else expect(read([SAMPLE.subarray(0, length), SAMPLE.subarray(length)]).error).toBeUndefined();
    }));
  });

  it('frames and headers above the limits, before any memory is taken', () => {
    const alloc = vi.spyOn(Buffer, 'allocUnsafeSlow');
    try {
      const huge = Buffer.concat([Buffer.from([1]), v(FLAG.SIZE_MSB | FLAG.CHECKSUM), v(2n ** 45n)]);
      expect(errorOf(headers(), huge, checksum(huge))).toEqual(code('too-large'));
      const length = Buffer.concat([Buffer.from(START.main, 'hex'), v(2n ** 50n)]);
      expect(errorOf(FILE_ID, length, checksum(length))).toEqual(code('too-large'));
      const small = read([headers(), frame(layout, { ...first, data: Buffer.alloc(101) })], { maxFrameBytes: 100 });
      expect(small.error).toEqual(code('too-large'));
      for (const [size] of alloc.mock.calls) expect(size).toBeLessThan(10_000);
    } finally {
      alloc.mockRestore();
    }
  });

  it('throws the same error again, and that of a callback too', () => {
    const reader = new NutReader({ onPacket: () => {} });
    let error: unknown;
    try { reader.push(Buffer.from('RIFF')); } catch (thrown) { error = thrown; }
    expect(error).toBeInstanceOf(NutError);
    expect(() => { reader.push(SAMPLE); }).toThrow(error);
    expect(() => { reader.end(); }).toThrow(error);

    const mine = new Error('mine');
    const other = new NutReader({ onPacket: () => { throw mine; } });
    expect(() => other.push(SAMPLE)).toThrow(mine);
    expect(() => other.push(SAMPLE)).toThrow(mine);
  });
});

describe('NutReader given damage', () => {
  /** Reads with a limit of memory; anything thrown must be a NutError, and the same for every way to cut the bytes. */
  function survives(bytes: Buffer, sizes: readonly number[]): void {
    const alloc = vi.spyOn(Buffer, 'allocUnsafeSlow');
    try {
      const options = { maxFrameBytes: 100_000, maxHeaderBytes: 20_000 };
      const cutUp = read(cut(bytes, sizes), options);
      const whole = read([bytes], options);
      if (whole.error !== undefined) expect(whole.error).toBeInstanceOf(NutError);
      expect(cutUp.error).toEqual(whole.error);
      expect(digests(cutUp.packets)).toBe(digests(whole.packets));
      expect(Math.max(0, ...alloc.mock.calls.map(([size]) => size))).toBeLessThanOrEqual(100_000);
    } finally {
      alloc.mockRestore();
    }
  }

  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 5 });

  it('flipped bytes', () => {
    const flips = fc.array(fc.tuple(fc.nat(SAMPLE.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(flips, sizes, (all, chunks) => {
      const bytes = Buffer.from(SAMPLE);
      for (const [at, by] of all) bytes[at]! ^= by;
      survives(bytes, chunks);
    }), { numRuns: 400 });
  });

  it('one flipped byte in front of the payloads, everywhere', () => {
    for (let at = 0; at < 1500; at++) {
      const bytes = Buffer.from(SAMPLE);
      bytes[at]! ^= 0x55;
      survives(bytes, [1000]);
    }
  });

  it('missing and doubled bytes', () => {
    fc.assert(fc.property(fc.nat(SAMPLE.length), fc.nat(300), fc.boolean(), sizes, (at, count, doubled, chunks) => {
      const rest = SAMPLE.subarray(doubled ? Math.max(0, at - count) : at + count);
      survives(Buffer.concat([SAMPLE.subarray(0, at), rest]), chunks);
    }), { numRuns: 400 });
  });

  it('random bytes, alone and after the headers', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), sizes, (noise, chunks) => {
      survives(Buffer.from(noise), chunks);
      survives(Buffer.concat([FILE_ID, noise]), chunks);
      survives(Buffer.concat([headers(), noise]), chunks);
    }), { numRuns: 400 });
  });

  it('random headers with a right checksum', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), sizes, (noise, chunks) => {
      const payload = Buffer.from(noise);
      survives(Buffer.concat([FILE_ID, packet(START.main, payload)]), chunks);
      survives(Buffer.concat([FILE_ID, packet(START.main, Buffer.concat([v(3), v(1), v(99), v(1), v(1), v(25), payload]))]), chunks);
      survives(Buffer.concat([FILE_ID, main(layout), packet(START.stream, payload)]), chunks);
      survives(Buffer.concat([headers(), packet(START.syncpoint, payload)]), chunks);
    }), { numRuns: 300 });
  });
});
