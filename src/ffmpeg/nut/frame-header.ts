/** Reads the header of a frame: a code byte, and the fields that its flags require. */

import { crc32 } from './crc.js';
import { NutError } from './error.js';
import type { Fields } from './field-types.js';
import { FLAG, type FrameCode, type MainHeader, type StreamHeader } from './file-headers.js';
import { rescale, fullTimestamp, type TimeBase } from './time.js';

/** A stream, and the state that its next frame depends on. */
export interface StreamState extends StreamHeader {
  /** Time stamp of the last frame or syncpoint, in ticks. */
  lastPts: number;
}

/** A parsed header, which describes the bytes after it. */
export interface FrameHeader {
  readonly state: StreamState;
  readonly pts: number;
  readonly key: boolean;
  /** Whether it is an end-of-relevance mark: a time stamp without a picture. */
  readonly mark: boolean;
  /** The first bytes of the frame, which the input leaves out. */
  readonly elision: Buffer;
  /** Bytes of the whole frame, including those left out. */
  readonly size: number;
}

/** All flags that a frame may have. */
const KNOWN = Object.values(FLAG).reduce((all, flag) => all | flag, 0) & ~FLAG.INVALID;

/** Sets the last time stamp of each stream to that of a syncpoint. */
export function resetTimes(states: readonly StreamState[], pts: number, base: TimeBase): void {
  for (const state of states) state.lastPts = rescale(pts, base, state.stream.timeBase);
}

/**
 * Reads the header at the position of `fields`.
 *
 * @returns undefined if the bytes end within it
 * @throws NutError
 */
export function readFrameHeader(fields: Fields, main: MainHeader, states: readonly StreamState[], offset: number):
  FrameHeader | undefined {
  const start = fields.at;
  const code = main.codes[fields.byte()] as FrameCode;
  if (code.flags & FLAG.INVALID) throw new NutError('bad-header', 'no frame begins with this byte', offset);
  let flags = code.flags;
  if (flags & FLAG.CODED) flags ^= fields.unsigned();
  const state = states[flags & FLAG.STREAM_ID ? fields.unsigned() : code.stream];
  const coded = flags & FLAG.CODED_PTS ? fields.unsigned() : undefined;
  const size = code.sizeLsb + (flags & FLAG.SIZE_MSB ? fields.unsigned() * code.sizeMul : 0);
  if (flags & FLAG.MATCH_TIME) fields.signed();
  const elisionIndex = flags & FLAG.HEADER_IDX ? fields.unsigned() : code.elision;
  const reserved = flags & FLAG.RESERVED ? fields.unsigned() : code.reserved;
  for (let i = 0; i < reserved && fields.ok(); i++) fields.unsigned();
  const hasChecksum = (flags & FLAG.CHECKSUM) !== 0;
  if (hasChecksum) fields.skip(4);

  if (fields.hasOverflow) throw new NutError('bad-header', 'a frame header holds a number above 2^53', offset);
  if (fields.isTruncated) return undefined;
  // The checksum is verified first: if it is right, an invalid field is not damage but the writer's fault.
  if (hasChecksum && crc32(fields.bytes, start, fields.at) !== 0) {
    throw new NutError('bad-checksum', 'a frame header was damaged', offset);
  }
  const elision = main.elisions[size > 4096 ? 0 : elisionIndex];
  if ((flags & ~KNOWN) !== 0 || state === undefined || elision === undefined || size < elision.length) {
    throw new NutError('bad-header', 'a frame header is out of range', offset);
  }
  if (flags & FLAG.SM_DATA) throw new NutError('unsupported', 'side data in a frame', offset);
  const pts = timestamp(state, coded, code.ptsDelta);
  if (pts < 0 || !Number.isSafeInteger(pts)) throw new NutError('bad-header', `time stamp ${pts}`, offset);
  const needsChecksum = size > 2 * main.maxDistance || Math.abs(pts - state.lastPts) > state.maxPtsDistance;
  if (needsChecksum && !hasChecksum) throw new NutError('bad-header', 'a frame of this kind must carry a checksum', offset);
  return { state, pts, key: (flags & FLAG.KEY) !== 0, mark: (flags & FLAG.EOR) !== 0, elision, size };
}

function timestamp(state: StreamState, coded: number | undefined, delta: number): number {
  if (coded === undefined) return state.lastPts + delta;
  const range = 2 ** state.ptsShift;
  return coded < range ? fullTimestamp(coded, state.lastPts, state.ptsShift) : coded - range;
}
