/** Builds the values that users get for a picture: each once, with a fixed shape. */
import type { FrameRecord, FrameTracker } from '../../ledger/index.js';
import { FRAME_RECORDS } from '../../core/frame/accounted.js';
import type { EngineOutput } from '../../core/engine/engine.js';
import type { Codec, EncodeMode, EncodedFrame, Frame, Origin, PixelFormat, SourceInfo } from '../../core/frame/frame.js';

/** A picture that was kept: its record, and the facts for its value. */
export interface Kept {
  readonly tracker: FrameTracker;
  /** Records that its value carries: the tracker's, and copies of others. */
  readonly records: readonly FrameRecord[];
  readonly origin: OriginFacts;
}

/** Origin of a value. */
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

/** Times of an access unit. */
export interface UnitTimes {
  readonly encodeMs: number;
  /** `capturedAt` of the keyframe that it depends on. */
  readonly keyframeAt: number | undefined;
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING = Buffer.alloc(0);

/** A raw picture. */
export function rawFrame({ origin, records }: Kept, output: EngineOutput): Frame {
  const { camera, run, seq, pts, capturedAt } = origin;
  const { width, height, data } = output;
  const frame: Building<Frame> = {
    camera, run, seq, pts, capturedAt, width, height, pixelFormat: output.format as PixelFormat, data, [FRAME_RECORDS]: records,
  };
  return withSource(frame, origin, output);
}

/** An access unit. */
export function accessUnit({ origin, records }: Kept, output: EngineOutput, by: EncoderFacts, { encodeMs, keyframeAt }: UnitTimes): EncodedFrame {
  const { camera, run, seq, pts, capturedAt } = origin;
  const { width, height, keyframe, data } = output;
  const unit: Building<EncodedFrame> = {
    camera, run, seq, pts, capturedAt, width, height, codec: output.format as Codec, mode: by.mode, keyframe,
    frames: 1, lastSeq: seq, encoder: by.encoder, encodeMs, data, [FRAME_RECORDS]: records,
  };
  if (by.crf !== undefined) unit.crf = by.crf;
  if (by.quality !== undefined) unit.quality = by.quality;
  if (!keyframe && keyframeAt !== undefined) unit.keyframeAt = keyframeAt;
  if (output.hidden === true) unit.hidden = 1;
  if (output.rotation !== undefined) unit.rotation = output.rotation;
  return withSource(unit, origin, output);
}

/** A reference to the last full picture, in place of an unchanged one. */
export function referenceTo(
  full: EncodedFrame, { origin, records }: Kept, like: { readonly similarity: number; readonly threshold: number }, keyframeAt: number | undefined,
): EncodedFrame {
  const { source, fps, ...place } = origin;
  return {
    ...full, ...place, ...(source && { source }), ...(fps !== undefined && { fps }),
    keyframe: false, lastSeq: origin.seq, encodeMs: 0, data: NOTHING, [FRAME_RECORDS]: records,
    ...(full.mode === 'stream' && keyframeAt !== undefined && { keyframeAt }),
    unchanged: { ...like, reference: { seq: full.seq, data: full.data } },
  };
}

/** One access unit of a chunk, with the records of its picture. */
export interface ChunkPart { readonly kept: Kept; readonly unit: EncodedFrame }

/** A chunk: the access units of a group, concatenated. */
export function joined(group: readonly ChunkPart[]): EncodedFrame {
  const first = group[0] as ChunkPart;
  const last = group.at(-1) as ChunkPart;
  const hidden = group.reduce((count, part) => count + (part.unit.hidden ?? 0), 0);
  return {
    ...first.unit,
    frames: group.length,
    lastSeq: last.unit.lastSeq,
    ...(group.length > 1 && { pictures: group.map(({ unit: { seq, pts, capturedAt } }) => ({ seq, pts, capturedAt })) }),
    encodeMs: last.unit.encodeMs,
    ...(hidden > 0 && { hidden }),
    data: Buffer.concat(group.map((part) => part.unit.data)),
    [FRAME_RECORDS]: group.flatMap((part) => part.kept.records),
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
