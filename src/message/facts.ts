/** Facts about a received message and its picture. */
import type { Codec, EncodeMode } from '../core/frame/frame.js';
import type { PictureFacts } from '../core/frame/picture-facts.js';

/** The last message of a sender. */
export interface LastMessage { readonly sender: string; readonly inputOrder: number }

/** Facts that a message states; others are undefined. Members may be getters that read the message on access. */
export interface Facts {
  readonly format: 'cloudevents' | 'matrice' | undefined;
  readonly camera?: string | undefined;
  /** Unique for each message. */
  readonly id?: string | undefined;
  /** The sender's run: inputOrder counts within it. Undefined if the format does not name it. */
  readonly sender?: string | undefined;
  readonly inputOrder?: number | undefined;
  /** inputOrder of the message that was sent before it to this topic and key. */
  readonly previousOrder?: number | undefined;
  /** inputOrder of the last full message, on one that only refers to it. */
  readonly referenceOrder?: number | undefined;
  /** Epoch of the sender's right to publish: of two senders, the one with the higher epoch has it. */
  readonly epoch?: number | undefined;
  /** On the first message of an owner: the last message of the former owner; `unknown` if that owner did not release the camera. */
  readonly handover?: LastMessage | 'unknown' | undefined;
  readonly seq?: number | undefined;
  /** Pictures in the message. */
  readonly frames?: number | undefined;
  /** For a chunk: its pictures, in the order of their access units. */
  readonly pictures?: readonly PictureFacts[] | undefined;
  readonly pts?: number | undefined;
  readonly capturedAt?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly keyframe?: boolean | undefined;
  readonly codec?: Codec | undefined;
  readonly mode?: EncodeMode | undefined;
  /** Degrees clockwise to turn the decoded picture. */
  readonly rotation?: number | undefined;
  /** Number of pictures at its beginning that are not shown; others need them. */
  readonly hidden?: number | undefined;
  /** Wall clock of the keyframe that it depends on, in ms since 1970. */
  readonly keyframeAt?: number | undefined;
  /** Digest of the picture's bytes, in lower-case hex. */
  readonly digest?: { readonly algorithm: 'sha256' | 'md5'; readonly hex: string } | undefined;
  /** The picture's bytes: the access unit, chunk or JPEG picture. */
  readonly data: Buffer;
}
