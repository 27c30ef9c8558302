/** A step's hold on pictures, which reports their changes to the ledger. */
import type { FrameRecord, RecordOwner, Pressure } from './frame-record.js';
import { mono } from '../core/clock.js';
import type { RxcamError } from '../core/errors/errors.js';
import type { DropCause, Place } from '../core/events.js';
import type { EncodedFacts } from './frame-events.js';
import type { Published } from '../core/frame/frame.js';

/**
 * A step's hold on the pictures of one value. Each call is reported to the ledger. A tracker of a value that another step holds or
 * has ended already (the user passed it on twice) has no records, and counts nothing.
 */
export class FrameTracker {
  constructor(readonly records: readonly FrameRecord[]) {}

  get owner(): RecordOwner | undefined {
    return this.records[0]?.owner;
  }

  get pressure(): Pressure | undefined {
    return this.owner?.pressure;
  }

  move(to: Place): void {
    const first = this.records[0];
    if (first === undefined || first.place === to) return;
    const from = this.#put(first, to);
    first.owner.frames.moved(first.seq, this.records.length, from, to);
  }

  skip(reason: 'rate' | 'unchanged'): void {
    const first = this.records[0];
    if (first !== undefined) first.owner.frames.skipped(first.seq, this.records.length, this.#put(first, undefined), reason);
  }

  /** A reference to the last full picture replaces this one. */
  replaceByReference(to: Place): void {
    const first = this.records[0];
    if (first === undefined) return;
    for (const record of this.records) record.isReference = true;
    first.owner.frames.unchanged(first.seq, this.records.length, this.#put(first, to), to);
  }

  drop(cause: DropCause, error?: RxcamError): void {
    const first = this.records[0];
    if (first !== undefined) first.owner.frames.dropped(first.seq, this.records.length, this.#put(first, undefined), cause, error);
  }

  /** @param processMs - time from decoding to the end of encoding */
  encoded(facts: EncodedFacts, to: Place, processMs: number): void {
    const first = this.records[0];
    if (first !== undefined) first.owner.frames.encoded(first.seq, this.records.length, this.#put(first, to), to, facts, processMs);
  }

  published(ack: Published): void {
    const first = this.records[0];
    if (first === undefined) return;
    const latencyMs = mono() - first.capturedMono;
    first.owner.frames.published(first.seq, this.records.length, this.#put(first, undefined), ack, latencyMs, first.isReference === true);
  }

  /** Called when a value was passed on: its pictures that no step of rxcam has taken count as delivered to user code. */
  endHandover(): void {
    const { records } = this;
    const first = records[0];
    if (records.length <= 1) {
      if (first?.place === 'handover') this.deliver();
      return;
    }
    new FrameTracker(records.filter((record) => record.place === 'handover')).deliver();
  }

  /** User code has received the pictures. */
  deliver(): void {
    const first = this.records[0];
    if (first !== undefined) first.owner.frames.delivered(first.seq, this.records.length, this.#put(first, 'delivered'), first.isReference === true);
  }

  /** Time since the first of the pictures was decoded, in ms; 0 without pictures. */
  ageMs(): number {
    const first = this.records[0];
    return first === undefined ? 0 : mono() - first.capturedMono;
  }

  /** Moves all records to one place; returns the place where the first was. */
  #put(first: FrameRecord, to: FrameRecord['place']): Place {
    const from = first.place as Place;
    for (const record of this.records) {
      record.place = to;
      record.epoch = record.owner.epoch;
    }
    return from;
  }
}
