/** The timestamp of a Kafka record is that of its picture, so that a search by time finds it; another time is used if the broker refuses it. */
import { ownerOf } from '../../ledger/index.js';
import { mono, wall } from '../../core/clock.js';
import { KAFKA_TIMES } from '../../core/defaults/limits.js';
import type { CameraMessage } from '../../core/frame/frame.js';

/** Timestamps of a record: each is tried if the one before it is refused. Every broker accepts a record without one. */
const STAMPS = ['capture', 'sending', 'none'] as const;
type Stamp = (typeof STAMPS)[number];

/** The timestamps, as a warning names them. */
const SAID: Readonly<Record<Stamp, string>> = {
  capture: 'the time of capture', sending: 'the time of sending', none: 'no time',
};

/** Kafka's own mark for a record without a time. */
const NO_TIME = -1;

/**
 * Chooses the timestamp of each record. A wrong clock must not block an outbox: brokers refuse a whole batch for one record
 * that is more than an hour ahead of their clock, or, if the topic is set up so, too old.
 */
export class RecordTimes {
  readonly #refused = new Map<string, { readonly stamp: Stamp; readonly until: number }>();
  readonly #warned = new Map<string, string>();

  constructor(readonly log: (message: string) => void) {}

  /** ms since 1970. */
  of(topic: string, message: CameraMessage): number {
    const now = wall();
    const stamp = this.#stampOf(topic);
    if (stamp === 'none') return NO_TIME;
    if (stamp === 'sending') return now;
    const { capturedAt } = message;
    if (Number.isFinite(capturedAt) && capturedAt >= 0 && capturedAt <= now + KAFKA_TIMES.aheadMs) return Math.floor(capturedAt);
    this.#warn(topic, message, `a picture's time of capture (${shown(capturedAt)}) is not a time up to now: its record has ${SAID.sending}`);
    return now;
  }

  /** The broker refused the timestamps of a batch of one topic; returns whether there is another timestamp to try. */
  refused(topic: string, message: CameraMessage | undefined): boolean {
    const stamp = STAMPS[STAMPS.indexOf(this.#stampOf(topic)) + 1];
    if (stamp === undefined) return false;
    this.#refused.set(topic, { stamp, until: mono() + KAFKA_TIMES.againMs });
    this.#warn(topic, message, `the broker refuses the times of records (is its clock, or this one, wrong?): they have ${SAID[stamp]}`);
    return true;
  }

  #stampOf(topic: string): Stamp {
    const refused = this.#refused.get(topic);
    if (refused === undefined) return 'capture';
    if (mono() < refused.until) return refused.stamp;
    this.#refused.delete(topic);
    return 'capture';
  }

  /** Warns once for each topic, until the text changes. */
  #warn(topic: string, message: CameraMessage | undefined, text: string): void {
    const known = text.replace(/\(.*?\)/, '');
    if (this.#warned.get(topic) === known) return;
    this.#warned.set(topic, known);
    const whole = `kafka: topic '${topic}': ${text}`;
    this.log(whole);
    if (message !== undefined) ownerOf(message)?.emit({ type: 'warning', message: whole });
  }
}

function shown(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
