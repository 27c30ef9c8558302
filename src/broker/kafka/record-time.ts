/**
 * The timestamp of a Kafka record is the capture time of its picture, so that a search by time finds it. If the broker refuses it,
 * another time is used.
 */
import { ownerOf } from '../../ledger/index.js';
import { mono, wall } from '../../core/clock.js';
import { KAFKA_TIMES } from '../../core/defaults/limits.js';
import type { CameraMessage } from '../../core/frame/frame.js';

/** The timestamps of a record: each is tried if the one before it is refused. Every broker accepts a record without a timestamp. */
const TIME_KINDS = ['capture', 'sending', 'none'] as const;
type TimeKind = (typeof TIME_KINDS)[number];

/** The timestamps, as a warning names them. */
const TIME_NAMES: Readonly<Record<TimeKind, string>> = {
  capture: 'the capture time', sending: 'the sending time', none: 'no time',
};

/** The protocol's value for a record without a time. */
const NO_TIME = -1;

/**
 * Chooses the timestamp of each record. A wrong clock must not block an outbox: a broker refuses a whole batch for one record
 * that is more than an hour ahead of its clock, or, if the topic is configured so, too old.
 */
export class RecordTimes {
  readonly #refused = new Map<string, { readonly kind: TimeKind; readonly until: number }>();
  readonly #warned = new Map<string, string>();

  constructor(readonly log: (message: string) => void) {}

  /** The timestamp of a message, in ms since 1970. */
  of(topic: string, message: CameraMessage): number {
    const now = wall();
    const kind = this.#kindOf(topic);
    if (kind === 'none') return NO_TIME;
    if (kind === 'sending') return now;
    const { capturedAt } = message;
    if (Number.isFinite(capturedAt) && capturedAt >= 0 && capturedAt <= now + KAFKA_TIMES.aheadMs) return Math.floor(capturedAt);
    this.#warn(topic, message, `the capture time of a picture (${shown(capturedAt)}) is invalid or more than an hour ahead: its record has ${TIME_NAMES.sending}`);
    return now;
  }

  /** Called when the broker has refused the timestamps of a topic's records; returns whether there is another timestamp to try. */
  refused(topic: string, message: CameraMessage | undefined): boolean {
    const kind = TIME_KINDS[TIME_KINDS.indexOf(this.#kindOf(topic)) + 1];
    if (kind === undefined) return false;
    this.#refused.set(topic, { kind, until: mono() + KAFKA_TIMES.againMs });
    this.#warn(topic, message, `the broker refuses the timestamps of records: they have ${TIME_NAMES[kind]}; check its clock and that of this machine`);
    return true;
  }

  #kindOf(topic: string): TimeKind {
    const refused = this.#refused.get(topic);
    if (refused === undefined) return 'capture';
    if (mono() < refused.until) return refused.kind;
    this.#refused.delete(topic);
    return 'capture';
  }

  /** Warns once for each topic, until the text changes. */
  #warn(topic: string, message: CameraMessage | undefined, text: string): void {
    const reason = text.replace(/\(.*?\)/, '');
    if (this.#warned.get(topic) === reason) return;
    this.#warned.set(topic, reason);
    const warning = `kafka: topic '${topic}': ${text}`;
    this.log(warning);
    if (message !== undefined) ownerOf(message)?.emit({ type: 'warning', message: warning });
  }
}

function shown(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
