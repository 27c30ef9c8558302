/** An encoded message for a decoder or a muxer: its access units, each with the facts about its picture. */
import type { FrameTracker } from '../../ledger/index.js';
import type { Accounted } from '../../core/frame/accounted.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import { accessUnits } from '../../ffmpeg/index.js';
import type { Received } from '../../message/index.js';

type Needed = 'topic' | 'key' | 'camera' | 'codec' | 'keyframe' | 'inputOrder' | 'seq' | 'pts' | 'capturedAt' | 'timestamp' | 'width' | 'height' | 'data';

/** A message that can be decoded: from `subscribe` or `verify`. */
export interface Decodable extends Accounted, Pick<Received, Needed>, Partial<Pick<Received, 'mode' | 'referenceOrder' | 'rotation' | 'hidden' | 'pictures'>> {
  /** Set by `verify`: false for a message that can't be decoded because an earlier one is missing. */
  readonly decodable?: boolean | undefined;
}

/** An access unit, and the picture in it. */
export interface Unit {
  readonly facts: PictureFacts;
  readonly data: Buffer;
}

/** A message, with the tracker of its pictures. */
export interface HeldMessage {
  readonly message: Decodable;
  readonly tracker: FrameTracker;
}

/** A message inside the decoder. */
export interface PendingMessage extends HeldMessage {
  /** Facts about the pictures that have not arrived yet, by the media time that the decoder got. */
  readonly expected: Map<number, PictureFacts>;
  /** Whether its pictures are matched only by their order, because the message does not state the time of each. */
  readonly isMatchedByOrder: boolean;
  /** Times of pictures that are not shown. */
  readonly hidden: ReadonlySet<number>;
  /** References to its last picture: messages without bytes, which are emitted after it. */
  readonly references: HeldMessage[];
}

/** Assumed time from one picture of a chunk to the next, if the chunk does not state it; µs. */
const ASSUMED_DISTANCE_US = 1_000;

/** Whether a message can be decoded without those before it. */
export function decodesAlone({ codec, mode, keyframe }: Decodable): boolean {
  return codec === 'jpeg' || mode === 'frame' || keyframe !== false;
}

/** Wall clock of a message's first picture, in ms since 1970. */
export function pictureTime({ capturedAt, timestamp }: Decodable): number {
  return capturedAt ?? timestamp;
}

/** The facts about a message's first picture. */
export function firstPicture(message: Decodable): PictureFacts {
  return { seq: message.seq ?? 0, pts: message.pts ?? 0, capturedAt: pictureTime(message) };
}

/** The access units of a message. */
export function unitsOf(message: Decodable): readonly Unit[] {
  const { codec, data, pictures } = message;
  const first = firstPicture(message);
  if (codec === 'jpeg' || codec === undefined) return [{ facts: first, data }];
  const units = accessUnits(data, codec);
  return units.map((unit, index) => ({ data: unit, facts: factsOf(first, index, units.length, pictures) }));
}

function factsOf(first: PictureFacts, index: number, count: number, pictures: readonly PictureFacts[] | undefined): PictureFacts {
  const stated = pictures?.length === count ? pictures[index] : undefined;
  return stated ?? { ...first, seq: first.seq + index, pts: first.pts + index * ASSUMED_DISTANCE_US };
}
