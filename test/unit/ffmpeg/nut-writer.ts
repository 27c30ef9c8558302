/** A small NUT writer: it makes the legal files that ffmpeg does not, and illegal ones on purpose. */

import { crc32 } from '../../../src/ffmpeg/nut/crc.js';
import { FLAG } from '../../../src/ffmpeg/nut/file-headers.js';

export const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');
export const START = {
  main: '4e4d7a561f5f04ad', stream: '4e5311405bf2f9db', syncpoint: '4e4be4adeeca4569',
  info: '4e49ab68b596ba78', index: '4e58dd672f23e64e',
} as const;

export function v(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.unshift(Number(rest & 127n) | (bytes.length > 0 ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export function s(value: number): Buffer {
  return v(value > 0 ? 2 * value - 1 : -2 * value);
}

export function vb(bytes: Uint8Array): Buffer {
  return Buffer.concat([v(bytes.length), bytes]);
}

export function checksum(bytes: Buffer): Buffer {
  const out = Buffer.alloc(4);
  out.writeInt32BE(crc32(bytes, 0, bytes.length));
  return out;
}

export function packet(start: string, payload: Buffer): Buffer {
  const size = payload.length + 4;
  const head = Buffer.concat([Buffer.from(start, 'hex'), v(size)]);
  const headed = size > 4096 ? Buffer.concat([head, checksum(head)]) : head;
  return Buffer.concat([headed, payload, checksum(payload)]);
}

export interface Base { num: number; den: number }

export interface Layout {
  version?: number;
  bases: Base[];
  maxDistance?: number;
  elisions?: Buffer[];
  streams: { base: number; shift: number; extradata?: Buffer; maxPtsDistance?: number; kind?: number }[];
}

/** Code 1: everything is coded after it. Code 2 and on: key frames of stream 0, the size's low part from 0, delta 1. */
export function main({ version = 3, bases, maxDistance = 32767, elisions = [], streams }: Layout): Buffer {
  const coded = [v(FLAG.CODED), v(2), s(0), v(1)];
  const run = [v(FLAG.KEY | FLAG.SIZE_MSB), v(6), s(1), v(200), v(0), v(0), v(0), v(200)];
  const invalid = [v(FLAG.INVALID), v(2), s(0), v(1)];
  const table = [...invalid, ...coded, ...run];
  for (let code = 2 + 200 + 1; code < 256; code++) table.push(...invalid);
  return packet(START.main, Buffer.concat([
    v(version), v(streams.length), v(maxDistance), v(bases.length), ...bases.flatMap(({ num, den }) => [v(num), v(den)]),
    ...table, v(elisions.length), ...elisions.map(vb),
  ]));
}

export function streamHeaders({ streams }: Layout): Buffer[] {
  return streams.map(({ base, shift, extradata = Buffer.alloc(0), maxPtsDistance = 1000, kind = 0 }, index) =>
    packet(START.stream, Buffer.concat([
      v(index), v(kind), vb(Buffer.from('HEVC')), v(base), v(shift), v(maxPtsDistance), v(2), v(0), vb(extradata),
      ...(kind === 0 ? [v(640), v(360), v(1), v(1), v(0)] : []),
    ])));
}

export function syncpoint({ bases }: Layout, base: number, pts: number): Buffer {
  return packet(START.syncpoint, Buffer.concat([v(BigInt(pts) * BigInt(bases.length) + BigInt(base)), v(0)]));
}

export interface Frame {
  stream: number;
  /** The coded time stamp, as in the file. */
  coded: number | bigint;
  key: boolean;
  /** The whole frame. */
  data: Buffer;
  elision?: number;
  reserved?: number[];
  checked?: boolean;
  flags?: number;
}

/** A frame with all fields coded. `data` must begin with the elision header's bytes. */
export function frame(layout: Layout, { stream, coded, key, data, elision = 0, reserved, checked = true, flags = 0 }: Frame):
Buffer {
  const all = flags | FLAG.CODED_PTS | FLAG.STREAM_ID | FLAG.SIZE_MSB | (key ? FLAG.KEY : 0) | (checked ? FLAG.CHECKSUM : 0)
    | (elision > 0 ? FLAG.HEADER_IDX : 0) | (reserved ? FLAG.RESERVED : 0);
  const head = Buffer.concat([
    Buffer.from([1]), v(all), v(stream), v(coded), v(data.length), ...(elision > 0 ? [v(elision)] : []),
    ...(reserved ? [v(reserved.length), ...reserved.map((value) => v(value))] : []),
  ]);
  const left = data.subarray(elision > 0 ? layout.elisions![elision - 1]!.length : 0);
  return Buffer.concat([head, ...(checked ? [checksum(head)] : []), left]);
}
