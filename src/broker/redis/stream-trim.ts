/** Limits the bytes of a Redis stream by the ids of its entries: Redis itself can only limit their number. */
import type { CameraMessage } from '../../core/frame/frame.js';
import type { Outgoing } from '../driver.js';
import { Fifo } from '../outbox/index.js';

interface Written { readonly order: number; readonly id: string; readonly bytes: number }
interface Stream { readonly entries: Fifo<Written>; bytes: number; next: number }

/** Entries to remove from a stream. */
export interface Trim {
  readonly topic: string;
  /** Id of the first entry that is kept. */
  readonly firstKept: string;
  readonly lastRemoved: number;
}

export class StreamTrim {
  readonly #streams = new Map<string, Stream>();

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
      while (stream !== undefined && (stream.entries.peek()?.order ?? Infinity) <= lastRemoved) removeOldest(stream);
    }
  }

  wrote(topic: string, id: string, message: CameraMessage): void {
    let stream = this.#streams.get(topic);
    if (stream === undefined) this.#streams.set(topic, stream = { entries: new Fifo(), bytes: 0, next: 0 });
    const bytes = sizeOf(message);
    stream.entries.push({ order: stream.next++, id, bytes });
    stream.bytes += bytes;
    // MAXLEN has removed older ones.
    if (stream.entries.length > this.maxLen) removeOldest(stream);
  }

  forget(topic: string): void {
    this.#streams.delete(topic);
  }

  #trimTo(topic: string, room: number): Trim | undefined {
    const stream = this.#streams.get(topic);
    let bytes = stream?.bytes ?? 0;
    let removed: Written | undefined;
    for (const entry of stream?.entries ?? []) {
      if (bytes <= room) return removed && { topic, firstKept: entry.id, lastRemoved: removed.order };
      bytes -= entry.bytes;
      removed = entry;
    }
    return removed && { topic, firstKept: following(removed.id), lastRemoved: removed.order };
  }
}

function removeOldest(stream: Stream): void {
  stream.bytes -= stream.entries.shift()?.bytes ?? 0;
}

function sizeOf({ value, fields }: CameraMessage): number {
  if (fields === undefined) return value.length;
  return Object.values(fields).reduce((sum, field) => sum + field.length, 0);
}

/** The id after this one. */
function following(id: string): string {
  const [time = '0', sequence = '0'] = id.split('-');
  return `${time}-${BigInt(sequence) + 1n}`;
}
