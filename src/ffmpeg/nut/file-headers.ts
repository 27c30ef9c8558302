/** Reads the main header, the stream headers and the syncpoint, and has the constants of the format. */

import { NutError } from './error.js';
import { Fields } from './field-types.js';
import type { TimeBase } from './time.js';

/** Flags of a frame, from its code byte or coded after it. */
export const FLAG = {
  KEY: 1, EOR: 2, CODED_PTS: 8, STREAM_ID: 16, SIZE_MSB: 32, CHECKSUM: 64, RESERVED: 128, SM_DATA: 256,
  HEADER_IDX: 1024, MATCH_TIME: 2048, CODED: 4096, INVALID: 8192,
} as const;

/** The first bytes of NUT. */
export const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');

/** Start codes of all packets except frames, in hexadecimal. */
export const START_CODES = {
  main: '4e4d7a561f5f04ad', stream: '4e5311405bf2f9db', syncpoint: '4e4be4adeeca4569', info: '4e49ab68b596ba78', index: '4e58dd672f23e64e',
} as const;

/** A packet whose length is above this states a checksum of its head too. */
export const LONG_PACKET_BYTES = 4096;

/** Properties of a frame that a code byte stands for, by the names of the specification. */
export interface FrameCode {
  readonly flags: number;
  readonly stream: number;
  readonly sizeMul: number;
  readonly sizeLsb: number;
  readonly ptsDelta: number;
  readonly reserved: number;
  readonly elision: number;
}

/** The main header. */
export interface MainHeader {
  readonly streamCount: number;
  /** Half the size above which a frame must have a checksum; bytes. */
  readonly maxDistance: number;
  readonly timeBases: readonly TimeBase[];
  readonly codes: readonly FrameCode[];
  /** First bytes that frames may leave out, by their number; number 0 is empty. */
  readonly elisions: readonly Buffer[];
}

/** A stream, as its header describes it. */
export interface NutStream {
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data';
  /** The codec's tag: as text if it is printable (`HEVC`, `I420`), otherwise in hexadecimal. */
  readonly fourcc: string;
  readonly timeBase: TimeBase;
  /** Pixels, of video. */
  readonly width?: number;
  /** Pixels, of video. */
  readonly height?: number;
  /** Width of a pixel by its height, `16:11`; absent if it is square or not stated. */
  readonly sampleAspectRatio?: string;
  /** The codec's own header; a copy. */
  readonly extradata: Buffer;
}

/** A stream, and the coding of its frames' time stamps. */
export interface StreamHeader {
  readonly stream: NutStream;
  /** Number of bits of a short time stamp. */
  readonly ptsShift: number;
  /** Longest distance between time stamps of frames without a checksum; ticks. */
  readonly maxPtsDistance: number;
}

const INVALID: FrameCode =
  { flags: FLAG.INVALID, stream: 0, sizeMul: 0, sizeLsb: 0, ptsDelta: 0, reserved: 0, elision: 0 };
/** The letter N, with which all packets except frames begin: not a frame code. */
export const CODE_N = 0x4e;
const MAX_STREAMS = 250;
const KINDS = ['video', 'audio', 'subtitle', 'data'] as const;

/** Reads the payload of a main header. */
export function readMainHeader(payload: Buffer, offset: number): MainHeader {
  const fields = new Fields(payload);
  const version = fields.unsigned();
  if (fields.ok() && version !== 3) throw new NutError('unsupported', `version ${version}`, offset);
  const streamCount = fields.unsigned();
  if (streamCount > MAX_STREAMS) throw new NutError('bad-header', `${streamCount} streams`, offset);
  // The format's own bound: a larger value means 65536.
  const maxDistance = Math.min(fields.unsigned(), 65536);
  const timeBases = readTimeBases(fields, offset);
  const codes = readCodes(fields, offset);
  const elisions = readElisions(fields, offset);
  if (!fields.ok()) throw new NutError('bad-header', 'the main header is incomplete', offset);
  return { streamCount, maxDistance, timeBases, codes, elisions };
}

function readTimeBases(fields: Fields, offset: number): TimeBase[] {
  const count = fields.unsigned();
  // There is at most one time base for each stream: a damaged count is refused before it takes memory.
  if (count < 1 || count > MAX_STREAMS) throw new NutError('bad-header', `${count} time bases`, offset);
  const bases: TimeBase[] = [];
  while (bases.length < count && fields.ok()) {
    const base = { num: fields.unsigned(), den: fields.unsigned() };
    const isValid = base.num > 0 && base.den > 0 && base.num < 2 ** 31 && base.den < 2 ** 31;
    if (fields.ok() && !isValid) throw new NutError('bad-header', `time base ${base.num}/${base.den}`, offset);
    bases.push(base);
  }
  return bases;
}

/** Reads the table of 256 code bytes: runs whose sizes add up to 256; a run inherits the fields that it omits. */
function readCodes(fields: Fields, offset: number): FrameCode[] {
  const codes: FrameCode[] = [];
  let ptsDelta = 0;
  let sizeMul = 1;
  let stream = 0;
  let elision = 0;
  while (codes.length < 256 && fields.ok()) {
    const flags = fields.unsigned();
    const stated = fields.unsigned();
    if (stated > 0) ptsDelta = fields.signed();
    if (stated > 1) sizeMul = fields.unsigned();
    if (stated > 2) stream = fields.unsigned();
    const size = stated > 3 ? fields.unsigned() : 0;
    const reserved = stated > 4 ? fields.unsigned() : 0;
    const count = stated > 5 ? fields.unsigned() : sizeMul - size;
    if (stated > 6) fields.signed();
    if (stated > 7) elision = fields.unsigned();
    for (let i = 8; i < stated && fields.ok(); i++) fields.unsigned();
    if (!fields.ok()) break;
    if (count < 0 || count > 256 || sizeMul >= 16384 || size >= 16384 || reserved >= 256) {
      throw new NutError('bad-header', 'the table of frame codes is out of range', offset);
    }
    for (let i = 0; i < count && codes.length < 256; i++) {
      if (codes.length === CODE_N) codes.push(INVALID);
      codes.push({ flags, stream, sizeMul, sizeLsb: size + i, ptsDelta, reserved, elision });
    }
  }
  return codes;
}

function readElisions(fields: Fields, offset: number): Buffer[] {
  const elisions = [Buffer.alloc(0)];
  // Older writers end the header here.
  const count = fields.at < fields.end ? fields.unsigned() : 0;
  let total = 0;
  for (let i = 0; i < count && fields.ok(); i++) {
    const bytes = Buffer.from(fields.blob());
    total += bytes.length;
    if (bytes.length === 0 || bytes.length > 255 || total > 1024) {
      throw new NutError('bad-header', 'an elision header is out of range', offset);
    }
    elisions.push(bytes);
  }
  return elisions;
}

/** Reads the payload of a stream header. */
export function readStreamHeader(payload: Buffer, main: MainHeader, offset: number): StreamHeader {
  const fields = new Fields(payload);
  const index = fields.unsigned();
  const kind = KINDS[fields.unsigned()];
  const tag = fields.blob();
  const timeBase = main.timeBases[fields.unsigned()];
  const ptsShift = fields.unsigned();
  const maxPtsDistance = fields.unsigned();
  fields.unsigned(); // decode_delay: dts is of no use here
  fields.unsigned(); // stream_flags: whether the rate is fixed
  const extradata = Buffer.from(fields.blob());
  const size = kind === 'video' ? { width: fields.unsigned(), height: fields.unsigned() } : {};
  if (!fields.ok()) throw new NutError('bad-header', 'a stream header is incomplete', offset);
  if (kind === undefined) throw new NutError('unsupported', `stream ${index} is of an unknown class`, offset);
  if (index >= main.streamCount || timeBase === undefined || ptsShift >= 16) {
    throw new NutError('bad-header', `the header of stream ${index} is out of range`, offset);
  }
  const stream = { index, kind, fourcc: tagName(tag), timeBase, ...size, ...aspectRatioOf(fields), extradata };
  return { stream, ptsShift, maxPtsDistance };
}

function aspectRatioOf(fields: Fields): Pick<NutStream, 'sampleAspectRatio'> {
  const [width, height] = [fields.unsigned(), fields.unsigned()];
  return !fields.ok() || width === height || width === 0 || height === 0 ? {} : { sampleAspectRatio: `${width}:${height}` };
}

function tagName(tag: Buffer): string {
  const text = tag.toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) ? text : tag.toString('hex');
}

/** Reads the payload of a syncpoint: the time stamp to which the next time stamps of all streams are relative. */
export function readSyncpoint(payload: Buffer, main: MainHeader, offset: number):
{ pts: number; base: TimeBase } {
  const fields = new Fields(payload);
  const coded = fields.unsigned();
  const id = coded % main.timeBases.length;
  fields.unsigned(); // back_ptr: for seeking
  if (!fields.ok()) throw new NutError('bad-header', 'a syncpoint is incomplete', offset);
  return { pts: (coded - id) / main.timeBases.length, base: main.timeBases[id] as TimeBase };
}
