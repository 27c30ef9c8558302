/** Limits the bytes of a Redis stream by the ids of its entries: Redis itself can only limit their number. */
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
    const coming = new Map<string, number>();
    for (const { topic, message } of batch) coming.set(topic, (coming.get(topic) ?? 0) + sizeOf(message));
    return [...coming].flatMap(([topic, bytes]) => this.#trimTo(topic, this.maxBytes - bytes) ?? []);
  }

  trimmed(trims: readonly Trim[]): void {
    for (const { topic, lastRemoved } of trims) {
      const stream = this.#streams.get(topic);
      while (stream !== undefined && stream.length > 0 && stream.first <= lastRemoved) stream.shift();
    }
  }

  wrote(topic: string, id: string, message: CameraMessage): void {
    let stream = this.#streams.get(topic);
    if (stream === undefined) this.#streams.set(topic, stream = new StreamEntries());
    stream.push(id, sizeOf(message));
    // MAXLEN has removed older ones.
    if (stream.length > this.maxLen) stream.shift();
  }

  forget(topic: string): void {
    this.#streams.delete(topic);
  }

  #trimTo(topic: string, room: number): Trim | undefined {
    const stream = this.#streams.get(topic);
    if (stream === undefined || stream.bytes <= room) return undefined;
    let { bytes, first: kept } = stream;
    for (; kept < stream.next && bytes > room; kept++) bytes -= stream.sizeAt(kept);
    if (kept === stream.first) return undefined;
    return { topic, firstKept: kept < stream.next ? stream.idAt(kept) : stream.idAfter(kept - 1), lastRemoved: kept - 1 };
  }
}

function sizeOf({ value, fields }: CameraMessage): number {
  if (fields === undefined) return value.length;
  return Object.values(fields).reduce((sum, field) => sum + field.length, 0);
}
