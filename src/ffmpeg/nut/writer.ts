/** Writes NUT (version 3) with one video stream, for ffmpeg to read from a pipe; each frame has its own time. */
import { crc32 } from './crc.js';
import { FLAG } from './headers.js';

/** A stream of access units. */
export interface NutVideo {
  /** The codec's tag: `HEVC`, `H264`, `MJPG`. */
  readonly fourcc: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The codec's own header, if the frames do not carry it. */
  readonly extradata?: Buffer;
}

/** One access unit. */
export interface NutFrame {
  /** Media time in µs, 0 or more. */
  readonly pts: number;
  readonly key: boolean;
  readonly data: Buffer;
}

const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');
const MAIN = '4e4d7a561f5f04ad';
const STREAM = '4e5311405bf2f9db';
const SYNCPOINT = Buffer.from('4e4be4adeeca4569', 'hex');
/** Bytes of the longest head of a frame: a start code, two checksums, and numbers of eight bytes at most. */
const MAX_HEAD = 64;

const VERSION = 3;
const MAX_DISTANCE = 65_536;
const CHECKSUM_BYTES = 4;
const MICROSECONDS = 1_000_000;
/** The first byte of every frame; all of a frame's fields are coded after it. */
const CODE = 1;
/** Number of codes after it, except the letter N, with which all other packets begin. */
const UNUSED_CODES = 253;
/** A header before a packet larger than this has a checksum too. */
const LONG_PACKET = 4096;

/** The bytes before the first frame: file id, main header and stream header. */
export function nutHeader({ fourcc, width, height, extradata = Buffer.alloc(0) }: NutVideo): Buffer {
  const codes = [codesOf(FLAG.INVALID, 1), codesOf(FLAG.CODED, 1), codesOf(FLAG.INVALID, UNUSED_CODES)];
  const main = [unsigned(VERSION), unsigned(1), unsigned(MAX_DISTANCE), unsigned(1), unsigned(1), unsigned(MICROSECONDS), ...codes, unsigned(0)];
  const stream = [
    // Its number, video, the tag, the time base's number, bits of a short time stamp, the longest distance without a checksum.
    unsigned(0), unsigned(0), blob(Buffer.from(fourcc, 'latin1')), unsigned(0), unsigned(0), unsigned(0),
    // Decode delay, flags, the codec's header, the size, the shape of pixels (unknown), the colour space (unknown).
    unsigned(0), unsigned(0), blob(extradata), unsigned(width), unsigned(height), unsigned(0), unsigned(0), unsigned(0),
  ];
  return Buffer.concat([FILE_ID, packet(MAIN, Buffer.concat(main)), packet(STREAM, Buffer.concat(stream))]);
}

/**
 * The bytes before a frame's data: a syncpoint, so that a reader can start at any frame, and the frame's header. A single
 * allocation, since this runs for each frame.
 */
export function nutFrameHead({ pts, key, data }: NutFrame): Buffer {
  const out = Buffer.allocUnsafe(MAX_HEAD);
  let at = SYNCPOINT.copy(out);
  // The syncpoint's length: its time, a zero as the distance to the previous one, and the checksum.
  at = put(out, at, digits(pts) + 1 + CHECKSUM_BYTES);
  const point = at;
  at = put(out, put(out, at, pts), 0);
  at = out.writeInt32BE(crc32(out, point, at), at);
  const head = at;
  const flags = FLAG.CODED_PTS | FLAG.STREAM_ID | FLAG.SIZE_MSB | FLAG.CHECKSUM | (key ? FLAG.KEY : 0);
  out[at++] = CODE;
  at = put(out, put(out, at, flags), 0);
  // With no bits for a short time stamp, a whole one is coded plus one.
  at = put(out, put(out, at, pts + 1), data.length);
  at = out.writeInt32BE(crc32(out, head, at), at);
  return out.subarray(0, at);
}

/** An entry of the table of frame codes: flags, then six fields, the last of them the number of codes. */
function codesOf(flags: number, count: number): Buffer {
  return Buffer.concat([unsigned(flags), unsigned(6), unsigned(0), unsigned(1), unsigned(0), unsigned(0), unsigned(0), unsigned(count)]);
}

function packet(start: string, payload: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from(start, 'hex'), unsigned(payload.length + 4)]);
  const checked = payload.length + 4 > LONG_PACKET ? [head, checksum(head)] : [head];
  return Buffer.concat([...checked, payload, checksum(payload)]);
}

function checksum(bytes: Buffer): Buffer {
  const out = Buffer.alloc(CHECKSUM_BYTES);
  out.writeInt32BE(crc32(bytes, 0, bytes.length));
  return out;
}

function blob(bytes: Buffer): Buffer {
  return Buffer.concat([unsigned(bytes.length), bytes]);
}

/** `v`: base 128, most significant digit first, the high bit set in all bytes except the last. @param value - below 2^53 */
function unsigned(value: number): Buffer {
  const out = Buffer.alloc(digits(value));
  put(out, 0, value);
  return out;
}

/** Writes a `v` and returns the position after it. */
function put(out: Buffer, at: number, value: number): number {
  const end = at + digits(value);
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    out[place] = (rest % 128) | (place === end - 1 ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  return end;
}

function digits(value: number): number {
  let count = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) count++;
  return count;
}
