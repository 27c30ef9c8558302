/** Writes NUT (version 3) with one video stream, for ffmpeg to read from a pipe: each frame with a time of its own. */
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
  /** The codec's own header, where the frames do not carry it. */
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
const SYNCPOINT = '4e4be4adeeca4569';

const VERSION = 3;
const MAX_DISTANCE = 65_536;
const MICROSECONDS = 1_000_000;
/** The only byte that a frame begins with; all its fields are coded behind it. */
const CODE = 1;
/** Codes behind it, without the letter N, which begins everything but a frame. */
const UNUSED_CODES = 253;
/** Beyond this size of a packet its header has a checksum too. */
const LONG_PACKET = 4096;

/** What stands before the first frame. */
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

/** What stands before a frame's bytes: a syncpoint, so that each frame is found alone, and the frame's header. */
export function nutFrameHead({ pts, key, data }: NutFrame): Buffer {
  const flags = FLAG.CODED_PTS | FLAG.STREAM_ID | FLAG.SIZE_MSB | FLAG.CHECKSUM | (key ? FLAG.KEY : 0);
  // With no bits for a short time stamp, a whole one is coded as one more than it is.
  const head = Buffer.concat([Buffer.from([CODE]), unsigned(flags), unsigned(0), unsigned(pts + 1), unsigned(data.length)]);
  return Buffer.concat([packet(SYNCPOINT, Buffer.concat([unsigned(pts), unsigned(0)])), head, checksum(head)]);
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
  const out = Buffer.alloc(4);
  out.writeInt32BE(crc32(bytes, 0, bytes.length));
  return out;
}

function blob(bytes: Buffer): Buffer {
  return Buffer.concat([unsigned(bytes.length), bytes]);
}

/** `v`: base 128, most significant digit first, the high bit set in all but the last byte. @param value - below 2^53 */
function unsigned(value: number): Buffer {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 128);
  return Buffer.from(bytes);
}
