/** The values that flow: a decoded picture, its access unit, the message made of it, the broker's acknowledgement. */
import type { Accounted } from './accounted.js';
import type { Completed, Destination } from './destination.js';
import type { PictureFacts } from './picture-facts.js';

/** Pixel formats that rxcam hands to user code, by ffmpeg's names. */
export const PIXEL_FORMATS = ['yuv420p', 'nv12', 'gray', 'rgb24', 'bgr24', 'rgba', 'bgra'] as const;
/** One of them. */
export type PixelFormat = (typeof PIXEL_FORMATS)[number];

/** What the bytes of an access unit are. */
export type Codec = 'h265' | 'h264' | 'jpeg';

/** `frame`: every access unit decodes alone. `stream`: a closed GOP of access units. */
export type EncodeMode = 'frame' | 'stream';

/** Colour description as ffmpeg names it; absent where the source does not say. */
export interface ColorInfo {
  readonly range?: string;
  readonly space?: string;
  readonly primaries?: string;
  readonly transfer?: string;
}

/** Where a value comes from, and when. */
export interface Origin extends Accounted {
  /** Key of the camera. */
  readonly camera: string;
  /** Number of the run, from 1 for each camera. */
  readonly run: number;
  /** Number of the decoded picture in its run, from 1; the first one of a chunk. */
  readonly seq: number;
  /** Media time in µs, from the start of the capture, never falling within one. */
  readonly pts: number;
  /** Wall clock when the picture was decoded, in ms since 1970. */
  readonly capturedAt: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Width of a pixel by its height, as ffmpeg writes it: `16:11`. Absent for square pixels. */
  readonly sampleAspectRatio?: string;
  /** What the source says of itself, as far as it is known. */
  readonly source?: SourceInfo;
  /** Pictures a second that come here, by the source's own rate and `skipRate`; absent where neither says. */
  readonly fps?: number;
}

/** The source's own properties, before any operator. */
export interface SourceInfo {
  /** `rtsp`, `http`, `http-file`, `file`, `device` or `test`. */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  readonly width?: number;
  readonly height?: number;
  /** Frames per second, as the source states; where it states none that can be, as its first pictures show. */
  readonly fps?: number;
  /** Whether `fps` is what the first pictures show. */
  readonly fpsMeasured?: boolean;
  readonly codec?: string;
  readonly pixelFormat?: string;
  readonly color?: ColorInfo;
  /** Width of a pixel by its height, `16:11`; absent for square pixels. */
  readonly sampleAspectRatio?: string;
  /** Whether a picture is two fields; absent where the source does not say. */
  readonly interlaced?: boolean;
  /** Degrees clockwise by which pictures are turned before they are shown; 0 for those that are mirrored alone. */
  readonly rotation?: number;
  /** Seconds, for a source that has an end. */
  readonly durationSeconds?: number;
}

/** One decoded picture: `data` holds its planes one after the other, without padding. */
export interface Frame extends Origin {
  readonly pixelFormat: PixelFormat;
  /** Bytes of the picture: 1.5 × width × height for yuv420p and nv12, 1 × for gray, 3 × for rgb24 and bgr24, 4 × for rgba and bgra. */
  readonly data: Buffer;
}

/** For types alone: no value has it. */
declare const STRAIGHT: unique symbol;

/** A picture straight out of a camera. Steps that make or choose pictures give plain frames: after them nothing can be passed through. */
export interface SourceFrame extends Frame { readonly [STRAIGHT]: true }

/** For types alone: no value has it. */
declare const CHANGED: unique symbol;

/** A picture that has changed, by `skipUnchanged`: what leaves pictures out stands before that. */
export interface ChangedFrame extends Frame { readonly [CHANGED]: 'skipRate and skipUnchanged stand before skipUnchanged' }

/** A picture that may be left out. */
export type AnyFrame = Frame & { readonly [CHANGED]?: undefined };

/** What is said of a picture that `skipUnchanged` found unchanged, where a reference goes in its place. */
export interface Unchanged {
  /** Likeness to the last full picture, 0 to 1: 1 − the mean absolute difference of brightness / 255. */
  readonly similarity: number;
  /** As given to `skipUnchanged`. */
  readonly threshold: number;
  /** The last full picture: its `seq`, and the bytes of its access unit. */
  readonly reference: { readonly seq: number; readonly data: Buffer };
}

/** One access unit, or a chunk of them that starts at a keyframe. */
export interface EncodedFrame extends Origin {
  readonly codec: Codec;
  readonly mode: EncodeMode;
  /** Whether decoding can start here (an IRAP picture for H.265). */
  readonly keyframe: boolean;
  /** `capturedAt` of the keyframe that its GOP began with, in ms since 1970; absent where decoding can start here. */
  readonly keyframeAt?: number;
  /** Pictures in `data` that a file hides (its edit list), always the first ones: decode them, and do not show them. */
  readonly hidden?: number;
  /** Pictures in `data`: 1, or more in a chunk. */
  readonly frames: number;
  /** `seq` of the last picture in `data`. */
  readonly lastSeq: number;
  /** Degrees clockwise by which the picture is to be turned: for the source's own access units alone. Absent for none. */
  readonly rotation?: number;
  /** Of a chunk: its pictures, in the order of their access units. */
  readonly pictures?: readonly PictureFacts[];
  /** Constant rate factor, where the encoder has one. */
  readonly crf?: number;
  /** JPEG quality 1 (worst) to 100, where the codec is jpeg. */
  readonly quality?: number;
  /** Name of the encoder that made the bytes, as ffmpeg calls it; `copy` for the source's own. */
  readonly encoder: string;
  /** Time from decoding to the end of encoding, in ms. */
  readonly encodeMs: number;
  /** Annex B bytes for H.264 and H.265, one JFIF picture for JPEG; empty for a picture that is `unchanged`. */
  readonly data: Buffer;
  /** Set on a picture that looks like the last full one: only where `toMessage` was asked for references. */
  readonly unchanged?: Unchanged;
}

/** What goes to the broker. */
export interface CameraMessage extends Origin {
  /** Unique for each message; a consumer knows a repeated one by it. */
  readonly id: string;
  /** Partition key on Kafka, field `_message_key` or `ce_key` on Redis; the camera's key unless told. */
  readonly key: string;
  /** 1, 2, 3 … for each camera, over reconnects. */
  readonly inputOrder: number;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Fields for Redis in place of headers and `data`, where a format has a layout of its own. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** inputOrder of the last full message, on one that only refers to it. */
  readonly referenceOrder?: number;
  /** Header that receives the inputOrder sent before this one to the same topic and key, if the format has one. */
  readonly previousOrderHeader?: string;
  /** Redis: a consumer group that the stream has from its beginning on. */
  readonly consumerGroup?: string;
  /** Adds what only `publish` knows; left alone where `value` is no longer `of`, the bytes that it belongs to. */
  readonly completion?: { readonly of: Buffer; complete(to: Destination): Completed };
  readonly mode: EncodeMode;
  readonly keyframe: boolean;
  readonly frames: number;
  readonly lastSeq: number;
}

/** The broker's acknowledgement of one message. */
export interface Published {
  readonly id: string;
  readonly camera: string;
  readonly topic: string;
  readonly key: string;
  readonly inputOrder: number;
  readonly seq: number;
  readonly frames: number;
  /** Size of the value in bytes. */
  readonly bytes: number;
  /** Kafka. */
  readonly partition?: number;
  /** Kafka, as a decimal string; the entry's index for memory. */
  readonly offset?: string;
  /** Redis: the entry's id. */
  readonly streamId?: string;
  /** Wall clock of the acknowledgement, in ms since 1970. */
  readonly acknowledgedAt: number;
  /** From the request's start to its acknowledgement, in ms. */
  readonly writeMs: number;
  /** From decoding to acknowledgement, in ms; absent for a message without a camera. */
  readonly latencyMs?: number;
}
