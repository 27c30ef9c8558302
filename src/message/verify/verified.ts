/** The results of `verify`: messages with a verdict, and the gaps between them. */
import { FRAME_RECORDS, type Accounted } from '../../core/frame/accounted.js';
import { Received } from '../received.js';

/**
 * `whole`: as it was sent, for the first time; `repeated`: it arrived before; `torn`: its bytes are not those that were sent;
 * `fenced`: another machine already had the camera when it was sent.
 */
export type Verdict = 'whole' | 'repeated' | 'torn' | 'fenced';

/** A message with its verdict. */
export class Verified extends Received {
  /** Whether it can be decoded with the messages before it: false after a gap within a GOP, up to the next keyframe. */
  readonly decodable: boolean;
  /** The result of the check. */
  readonly verdict: Verdict;

  constructor(received: Received, verdict: Verdict, decodable: boolean) {
    super(Received.partsOf(received), received);
    this.verdict = verdict;
    this.decodable = decodable;
    const records = received[FRAME_RECORDS];
    if (records !== undefined) this[FRAME_RECORDS] = records;
  }
}

/**
 * `dropped`: the sender dropped them, and reports it; `lost`: they were lost on the way; `expired`: the broker removed them before they
 * could be read; `takeover`: another worker of a fleet took the camera from one that no longer answered and had unsent messages.
 */
export const GAP_CAUSES = ['dropped', 'lost', 'expired', 'takeover'] as const;
/** Why messages are missing. */
export type GapCause = (typeof GAP_CAUSES)[number];

/** Missing messages, at their position in the stream. */
export interface Gap extends Accounted {
  /** Distinguishes a gap from a message. */
  readonly verdict: 'gap';
  /** Why they are missing. */
  readonly cause: GapCause;
  /** How many are missing; 0 for a `takeover`, which can't be counted. */
  readonly size: number;
  /** inputOrder of the first one that is missing; absent if the messages have no numbers. */
  readonly from?: number;
  /** inputOrder of the last one that is missing; absent for a `takeover`, and if the messages have no numbers. */
  readonly to?: number;
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key of the messages, if they have one. */
  readonly key: string | undefined;
  /** Key of the camera. */
  readonly camera: string;
  /** Kafka: number of the partition. */
  readonly partition: number | undefined;
  /** The broker's time of the message after the gap, in ms since 1970. */
  readonly timestamp: number;
}
