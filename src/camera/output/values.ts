/** Builds the value that users get for a picture: one object, whose members are added in a fixed order. */
import type { FrameRecord, FrameTracker } from '../../ledger/index.js';
import { FRAME_RECORDS } from '../../core/frame/accounted.js';
import type { EngineOutput } from '../../core/engine/engine.js';
import type { Codec, EncodeMode, EncodedFrame, Frame, Origin, PixelFormat, SourceInfo } from '../../core/frame/frame.js';

/** A picture that was kept, and the facts for its value. */
export interface KeptPicture {
  readonly tracker: FrameTracker;
  /** Records in its value: those of the tracker, and copies of others. */
  readonly records: readonly FrameRecord[];
  readonly origin: OriginFacts;
}

/** The camera, the numbers and the times of a value, as far as they are known from the picture. */
export interface OriginFacts extends Pick<Origin, 'camera' | 'run' | 'seq' | 'pts' | 'capturedAt'> {
  readonly source: SourceInfo | undefined;
  /** Frame rate after the steps; frames per second. */
  readonly fps: number | undefined;
}

/** Facts about the encoder in each access unit. */
export interface EncoderFacts {
  readonly encoder: string;
  readonly mode: EncodeMode;
  readonly crf?: number;
  readonly quality?: number;
}

/** Times of an access unit, in ms. */
export interface UnitTimes {
  readonly encodeMs: number;
  /** `capturedAt` of the keyframe that it depends on. */
  readonly keyframeAt: number | undefined;
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

const NO_DATA = Buffer.alloc(0);

/** A raw picture. */
export function rawFrame({ origin, records }: KeptPicture, output: EngineOutput): Frame {
  const { camera, run, seq, pts, capturedAt } = origin;
  const { width, height, data } = output;
  const frame: Building<Frame> = {
    camera, run, seq, pts, capturedAt, width, height, pixelFormat: output.format as PixelFormat, data, [FRAME_RECORDS]: records,
  };
  return withSource(frame, origin, output);
}

/** An access unit. */
export function accessUnit(
  { origin, records }: KeptPicture, output: EngineOutput, encoding: EncoderFacts, { encodeMs, keyframeAt }: UnitTimes,
): EncodedFrame {
  const { camera, run, seq, pts, capturedAt } = origin;
  const { width, height, keyframe, data } = output;
  const unit: Building<EncodedFrame> = {
    camera, run, seq, pts, capturedAt, width, height, codec: output.format as Codec, mode: encoding.mode, keyframe,
    frames: 1, lastSeq: seq, encoder: encoding.encoder, encodeMs, data, [FRAME_RECORDS]: records,
  };
  if (encoding.crf !== undefined) unit.crf = encoding.crf;
  if (encoding.quality !== undefined) unit.quality = encoding.quality;
  if (!keyframe && keyframeAt !== undefined) unit.keyframeAt = keyframeAt;
  if (output.hidden === true) unit.hidden = 1;
  if (output.rotation !== undefined) unit.rotation = output.rotation;
  return withSource(unit, origin, output);
}

/** A value without bytes for an unchanged picture, which refers to the last full one. */
export function referenceTo(
  full: EncodedFrame, { origin, records }: KeptPicture, comparison: { readonly similarity: number; readonly threshold: number },
  keyframeAt: number | undefined,
): EncodedFrame {
  const { source, fps, ...place } = origin;
  return {
    ...full, ...place, ...(source && { source }), ...(fps !== undefined && { fps }),
    keyframe: false, lastSeq: origin.seq, encodeMs: 0, data: NO_DATA, [FRAME_RECORDS]: records,
    ...(full.mode === 'stream' && keyframeAt !== undefined && { keyframeAt }),
    unchanged: { ...comparison, reference: { seq: full.seq, data: full.data } },
  };
}

/** One access unit of a chunk, with the records of its picture. */
export interface ChunkPart { readonly kept: KeptPicture; readonly unit: EncodedFrame }

/** A chunk: the access units of a group, concatenated. */
export function joinChunk(parts: readonly ChunkPart[]): EncodedFrame {
  const first = parts[0] as ChunkPart;
  const last = parts.at(-1) as ChunkPart;
  const hidden = parts.reduce((count, part) => count + (part.unit.hidden ?? 0), 0);
  return {
    ...first.unit,
    frames: parts.length,
    lastSeq: last.unit.lastSeq,
    ...(parts.length > 1 && { pictures: parts.map(({ unit: { seq, pts, capturedAt } }) => ({ seq, pts, capturedAt })) }),
    encodeMs: last.unit.encodeMs,
    ...(hidden > 0 && { hidden }),
    data: Buffer.concat(parts.map((part) => part.unit.data)),
    [FRAME_RECORDS]: parts.flatMap((part) => part.kept.records),
  };
}

/** Adds the source, rate and pixel shape that are known. */
function withSource<T extends Building<Frame> | Building<EncodedFrame>>(value: T, { source, fps }: OriginFacts, output: EngineOutput): T {
  const { sampleAspectRatio } = output;
  if (source !== undefined) value.source = source;
  if (fps !== undefined) value.fps = fps;
  if (sampleAspectRatio !== undefined) value.sampleAspectRatio = sampleAspectRatio;
  return value;
}
