/** Writes NUT (version 3) with one video stream, for ffmpeg to read from a pipe; each frame has its own time. */
import { crc32 } from './crc.js';
import { FILE_ID, FLAG, LONG_PACKET_BYTES, START_CODES } from './file-headers.js';

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

const SYNCPOINT = Buffer.from(START_CODES.syncpoint, 'hex');
/** Maximum size of the bytes before a frame's data: a start code, two checksums, and numbers of at most eight bytes. */
const MAX_HEAD_BYTES = 64;

const VERSION = 3;
const MAX_DISTANCE = 65_536;
const CHECKSUM_BYTES = 4;
const MICROSECONDS = 1_000_000;
/** The first byte of every frame; all of a frame's fields are coded after it. */
const FRAME_CODE = 1;
/** Number of the codes after it, without the letter N, with which all other packets begin. */
const UNUSED_CODES = 253;
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
  return Buffer.concat([FILE_ID, packet(START_CODES.main, Buffer.concat(main)), packet(START_CODES.stream, Buffer.concat(stream))]);
}

/**
 * The bytes before a frame's data: a syncpoint, so that a reader can start at any frame, and the frame's header. This runs for each
 * frame, so it allocates only once.
 */
export function nutFrameHead({ pts, key, data }: NutFrame): Buffer {
  const out = Buffer.allocUnsafe(MAX_HEAD_BYTES);
  let at = SYNCPOINT.copy(out);
  // The syncpoint's length: its time, a zero as the distance to the previous one, and the checksum.
  at = writeNumber(out, at, bytesOf(pts) + 1 + CHECKSUM_BYTES);
  const syncpointAt = at;
  at = writeNumber(out, writeNumber(out, at, pts), 0);
  at = out.writeInt32BE(crc32(out, syncpointAt, at), at);
  const headAt = at;
  const flags = FLAG.CODED_PTS | FLAG.STREAM_ID | FLAG.SIZE_MSB | FLAG.CHECKSUM | (key ? FLAG.KEY : 0);
  out[at++] = FRAME_CODE;
  at = writeNumber(out, writeNumber(out, at, flags), 0);
  // The stream has no bits for short time stamps, so each is coded whole, plus one.
  at = writeNumber(out, writeNumber(out, at, pts + 1), data.length);
  at = out.writeInt32BE(crc32(out, headAt, at), at);
  return out.subarray(0, at);
}

/** An entry of the table of frame codes: flags, then six fields, the last of them the number of codes. */
function codesOf(flags: number, count: number): Buffer {
  return Buffer.concat([unsigned(flags), unsigned(6), unsigned(0), unsigned(1), unsigned(0), unsigned(0), unsigned(0), unsigned(count)]);
}

function packet(start: string, payload: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from(start, 'hex'), unsigned(payload.length + 4)]);
  const checked = payload.length + 4 > LONG_PACKET_BYTES ? [head, checksum(head)] : [head];
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
  const out = Buffer.alloc(bytesOf(value));
  writeNumber(out, 0, value);
  return out;
}

/** Writes a number as `v`; returns the position after it. */
function writeNumber(out: Buffer, at: number, value: number): number {
  const end = at + bytesOf(value);
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    out[place] = (rest % 128) | (place === end - 1 ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  return end;
}

/** Bytes of a number as `v`. */
function bytesOf(value: number): number {
  let count = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) count++;
  return count;
}
