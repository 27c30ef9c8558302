/** Limits the bytes of a Redis stream by the ids of its entries. Redis itself can only limit their number. */
import type { CameraMessage } from '../../../core/frame/frame.js';
import type { Outgoing } from '../../driver.js';
import { StreamEntries } from './stream-entries.js';

/** Entries to remove from a stream. */
export interface Trim {
  readonly topic: string;
  /** Id of the first entry that is kept. */
  readonly firstKept: string;
  /** Position of the last entry that is removed. */
  readonly lastRemoved: number;
}

export class StreamTrim {
  readonly #streams = new Map<string, StreamEntries>();

  constructor(readonly maxLen: number, readonly maxBytes: number) {}

  /** The entries to remove from each stream that this batch would make too large. */
  trimsFor(batch: readonly Outgoing[]): Trim[] {
    const bytesToAdd = new Map<string, number>();
    for (const { topic, message } of batch) bytesToAdd.set(topic, (bytesToAdd.get(topic) ?? 0) + sizeOf(message));
    return [...bytesToAdd].flatMap(([topic, bytes]) => this.#trimTo(topic, this.maxBytes - bytes) ?? []);
  }

  /** Called when the entries have been removed. */
  trimmed(trims: readonly Trim[]): void {
    for (const { topic, lastRemoved } of trims) {
      const stream = this.#streams.get(topic);
      while (stream !== undefined && stream.length > 0 && stream.first <= lastRemoved) stream.shift();
    }
  }

  /** Called when a message has been written as the entry `id`. */
  wrote(topic: string, id: string, message: CameraMessage): void {
    let stream = this.#streams.get(topic);
    if (stream === undefined) this.#streams.set(topic, stream = new StreamEntries());
    stream.push(id, sizeOf(message));
    // MAXLEN has removed the oldest entry.
    if (stream.length > this.maxLen) stream.shift();
  }

  forget(topic: string): void {
    this.#streams.delete(topic);
  }

  #trimTo(topic: string, maxBytes: number): Trim | undefined {
    const stream = this.#streams.get(topic);
    if (stream === undefined || stream.bytes <= maxBytes) return undefined;
    let { bytes, first: kept } = stream;
    for (; kept < stream.next && bytes > maxBytes; kept++) bytes -= stream.sizeAt(kept);
    if (kept === stream.first) return undefined;
    return { topic, firstKept: kept < stream.next ? stream.idAt(kept) : stream.idAfter(kept - 1), lastRemoved: kept - 1 };
  }
}

/** Size of an entry: bytes of the value, or characters and bytes of the fields. */
function sizeOf({ value, fields }: CameraMessage): number {
  if (fields === undefined) return value.length;
  return Object.values(fields).reduce((sum, field) => sum + field.length, 0);
}
