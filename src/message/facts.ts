/** What a received message says of its picture. */
import type { Codec, EncodeMode } from '../core/frame/frame.js';
import type { PictureFacts } from '../core/frame/picture-facts.js';

/** What a message says; a member that it does not say is undefined. Members may be read from the message when they are asked for. */
export interface Facts {
  readonly format: 'cloudevents' | 'matrice' | undefined;
  readonly camera?: string | undefined;
  /** Unique for each message. */
  readonly id?: string | undefined;
  /** The sender's run: inputOrder counts within it. Undefined where the format does not name it. */
  readonly sender?: string | undefined;
  readonly inputOrder?: number | undefined;
  /** inputOrder sent before it to this topic and key. */
  readonly previousOrder?: number | undefined;
  /** inputOrder of the last full message, on one that only refers to it. */
  readonly referenceOrder?: number | undefined;
  readonly seq?: number | undefined;
  /** Pictures in the message. */
  readonly frames?: number | undefined;
  /** Of a chunk: each of its pictures, in the order of their access units. */
  readonly pictures?: readonly PictureFacts[] | undefined;
  readonly pts?: number | undefined;
  readonly capturedAt?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly keyframe?: boolean | undefined;
  readonly codec?: Codec | undefined;
  readonly mode?: EncodeMode | undefined;
  /** Degrees clockwise by which the decoded picture is to be turned. */
  readonly rotation?: number | undefined;
  /** Pictures at its beginning that are not shown: only others need them. */
  readonly hidden?: number | undefined;
  /** Wall clock of the keyframe that it depends on, in ms since 1970. */
  readonly keyframeAt?: number | undefined;
  /** Digest of the picture's bytes, in lower-case hex. */
  readonly digest?: { readonly algorithm: 'sha256' | 'md5'; readonly hex: string } | undefined;
  /** The picture's bytes: the access unit, chunk or JPEG picture. */
  readonly data: Buffer;
}
