/** The values of a pipeline: a decoded picture, its access unit, its message, the broker's acknowledgement. */
import type { Accounted } from './accounted.js';
import type { CompletedMessage, Destination } from './destination.js';
import type { PictureFacts } from './picture-facts.js';

/** Pixel formats of frames for user code, by ffmpeg's names. */
export const PIXEL_FORMATS = ['yuv420p', 'nv12', 'gray', 'rgb24', 'bgr24', 'rgba', 'bgra'] as const;
/** A pixel format of frames for user code. */
export type PixelFormat = (typeof PIXEL_FORMATS)[number];

/** Format of an access unit's bytes. */
export type Codec = 'h265' | 'h264' | 'jpeg';

/** `frame`: every access unit decodes alone. `stream`: a closed GOP of access units. */
export type EncodeMode = 'frame' | 'stream';

/** Colour description, by ffmpeg's names; absent if the source does not state it. */
export interface ColorInfo {
  /** Range: `tv` or `pc`. */
  readonly range?: string;
  /** Matrix coefficients. */
  readonly space?: string;
  /** Primaries. */
  readonly primaries?: string;
  /** Transfer characteristics. */
  readonly transfer?: string;
}

/** Origin and time of a value. */
export interface Origin extends Accounted {
  /** Key of the camera. */
  readonly camera: string;
  /** Number of the run, from 1 for each camera. */
  readonly run: number;
  /** Number of the decoded picture in its run, from 1; the first one of a chunk. */
  readonly seq: number;
  /**
   * Media time in µs, from the start of the capture. Within one capture it increases from frame to frame, except with the source's
   * own access units: they are in decoding order, and those that a file hides are before 0.
   */
  readonly pts: number;
  /** Wall clock when the picture was decoded, in ms since 1970. */
  readonly capturedAt: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Width of a pixel by its height, as ffmpeg writes it: `16:11`. Absent for square pixels. */
  readonly sampleAspectRatio?: string;
  /** Properties of the source, as far as they are known. */
  readonly source?: SourceInfo;
  /** Frames per second here, from the source's own rate and `skipRate`; absent if neither is known. */
  readonly fps?: number;
}

/** The source's own properties, before any operator. */
export interface SourceInfo {
  /** `rtsp`, `http`, `http-file`, `file`, `device` or `test`. */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** Width of a picture, in pixels. */
  readonly width?: number;
  /** Height of a picture, in pixels. */
  readonly height?: number;
  /** Frames per second, as the source states; if it states no plausible rate, measured from its first pictures. */
  readonly fps?: number;
  /** Whether `fps` was measured from the first pictures. */
  readonly fpsMeasured?: boolean;
  /** Codec, by ffmpeg's name. */
  readonly codec?: string;
  /** Pixel format, by ffmpeg's name. */
  readonly pixelFormat?: string;
  /** Colour description. */
  readonly color?: ColorInfo;
  /** Width of a pixel by its height, `16:11`; absent for square pixels. */
  readonly sampleAspectRatio?: string;
  /** Whether each picture consists of two fields; absent if the source does not state it. */
  readonly interlaced?: boolean;
  /** Degrees clockwise to turn pictures before they are shown; 0 for pictures that are only mirrored. */
  readonly rotation?: number;
  /** Length in seconds, for a source that has an end. */
  readonly durationSeconds?: number;
}

/** One decoded picture: `data` holds its planes one after the other, without padding. */
export interface Frame extends Origin {
  readonly pixelFormat: PixelFormat;
  /** Bytes of the picture: 1.5 × width × height for yuv420p and nv12, 1 × for gray, 3 × for rgb24 and bgr24, 4 × for rgba and bgra. */
  readonly data: Buffer;
}

/** Only for types: no value has it. */
declare const DIRECTLY_FROM_CAMERA: unique symbol;

/** A picture directly from a camera. Steps that change or select pictures emit plain frames, which `passthrough` does not accept. */
export interface SourceFrame extends Frame { readonly [DIRECTLY_FROM_CAMERA]: true }

/** Only for types: no value has it. */
declare const AFTER_SKIP_UNCHANGED: unique symbol;

/** A picture that has changed, from `skipUnchanged`: other steps that skip pictures must be before it. */
export interface ChangedFrame extends Frame { readonly [AFTER_SKIP_UNCHANGED]: 'skipRate and skipUnchanged must be before skipUnchanged' }

/** A picture that may be left out. */
export type AnyFrame = Frame & { readonly [AFTER_SKIP_UNCHANGED]?: undefined };

/** Facts about a picture that `skipUnchanged` found unchanged, if a reference replaces it. */
export interface Unchanged {
  /** Similarity to the last full picture, 0 to 1: 1 − the mean absolute difference of luma / 255. */
  readonly similarity: number;
  /** The threshold given to `skipUnchanged`. */
  readonly threshold: number;
  /** The last full picture: its `seq`, and the bytes of its access unit. */
  readonly reference: { readonly seq: number; readonly data: Buffer };
}

/** One access unit, or a chunk of them that starts at a keyframe. */
export interface EncodedFrame extends Origin {
  /** Format of `data`. */
  readonly codec: Codec;
  /** Whether every access unit decodes alone. */
  readonly mode: EncodeMode;
  /** Whether decoding can start here (an IRAP picture for H.265). */
  readonly keyframe: boolean;
  /** `capturedAt` of the keyframe of its GOP, in ms since 1970; absent if decoding can start here. */
  readonly keyframeAt?: number;
  /** Number of pictures in `data` that a file hides by its edit list, always the first ones: decode them, but do not show them. */
  readonly hidden?: number;
  /** Pictures in `data`: 1, or more in a chunk. */
  readonly frames: number;
  /** `seq` of the last picture in `data`. */
  readonly lastSeq: number;
  /** Degrees clockwise to turn the picture; only for the source's own access units. Absent: none. */
  readonly rotation?: number;
  /** For a chunk: its pictures, in the order of their access units. */
  readonly pictures?: readonly PictureFacts[];
  /** Constant rate factor, if the encoder has one. */
  readonly crf?: number;
  /** JPEG quality, 1 (worst) to 100, if the codec is jpeg. */
  readonly quality?: number;
  /** ffmpeg's name of the encoder; `copy` for the source's own access units. */
  readonly encoder: string;
  /** Time from decoding to the end of encoding, in ms. */
  readonly encodeMs: number;
  /** Annex B bytes for H.264 and H.265, one JFIF picture for JPEG; empty for a picture that is `unchanged`. */
  readonly data: Buffer;
  /** Set on a picture that looks like the last full one, if `toMessage` sends references. */
  readonly unchanged?: Unchanged;
}

/** A message for the broker. */
export interface CameraMessage extends Origin, Pick<EncodedFrame, 'mode' | 'keyframe' | 'frames' | 'lastSeq'> {
  /** Unique for each message; a consumer detects duplicates by it. */
  readonly id: string;
  /** Partition key on Kafka, field `_message_key` or `ce_key` on Redis; default: the camera's key. */
  readonly key: string;
  /** 1, 2, 3 … for each camera, over reconnects. */
  readonly inputOrder: number;
  /** Bytes of the message. */
  readonly value: Buffer;
  /** Headers on Kafka, fields on Redis. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields for Redis in place of headers and `data`, if the format has its own layout. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** For a reference: inputOrder of the last full message. */
  readonly referenceOrder?: number;
  /** Name of the header for the previous inputOrder sent to the same topic and key, if the format has one. */
  readonly previousOrderHeader?: string;
  /** Name of the header that receives the epoch of the fence, if the format has one. */
  readonly epochHeader?: string;
  /** Name of the header that receives the fence's handover, on the first message of an owner; if the format has one. */
  readonly handoverHeader?: string;
  /** Redis: a consumer group to create at the stream's beginning. */
  readonly consumerGroup?: string;
  /** Adds the facts that only `publish` knows. Ignored if a user's operator has replaced `value`: `of` is the one that it belongs to. */
  readonly completion?: { readonly of: Buffer; complete(to: Destination): CompletedMessage };
}

/** The broker's acknowledgement of one message. */
export interface Published extends Pick<CameraMessage, 'id' | 'camera' | 'key' | 'inputOrder' | 'seq' | 'frames'> {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Size of the value in bytes. */
  readonly bytes: number;
  /** Kafka: partition of the message. */
  readonly partition?: number;
  /** Kafka: offset of the message, as a decimal string; for memory, its index in the topic. */
  readonly offset?: string;
  /** Redis: the entry's id. */
  readonly streamId?: string;
  /** Wall clock of the acknowledgement, in ms since 1970. */
  readonly acknowledgedAt: number;
  /** Time from the request's start to its acknowledgement, in ms. */
  readonly writeMs: number;
  /** Time from decoding to the acknowledgement, in ms; absent for a message without a camera. */
  readonly latencyMs?: number;
}
