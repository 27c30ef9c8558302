/** The lanes of a broker handle, bounded together. */
import { OUTBOX } from '../defaults.js';
import type { DropCause } from '../events.js';
import type { RxcamError } from '../errors.js';
import { Total } from './bounded-queue.js';
import { type Entry, Lane } from './lane.js';

/** What a publisher asks of its lanes. */
export interface LaneOptions {
  readonly maxInFlight?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxMessages?: number | undefined;
}

export class Outbox {
  readonly #lanes = new Map<string, Lane>();
  readonly #total: Total;
  #wasHigh = false;

  constructor(maxBytes: number = OUTBOX.handleMaxBytes) {
    this.#total = new Total(maxBytes);
  }

  get lanes(): Iterable<Lane> { return this.#lanes.values(); }
  /** Bytes kept alive by all messages. */
  get bytes(): number { return this.#total.retained.bytes; }
  get messages(): number { return this.#total.count; }

  /** The lane of a topic and key, bounded as the last publisher asked. */
  lane(topic: string, key: string, options: LaneOptions): Lane {
    const id = JSON.stringify([topic, key]);
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = new Lane(topic, key, { maxBytes: OUTBOX.maxBytes, maxMessages: OUTBOX.maxMessages }, this.#total);
      this.#lanes.set(id, lane);
    }
    lane.maxInFlight = options.maxInFlight ?? lane.maxInFlight;
    lane.limits.maxBytes = options.maxBytes ?? lane.limits.maxBytes;
    lane.limits.maxMessages = options.maxMessages ?? lane.limits.maxMessages;
    return lane;
  }

  offer(lane: Lane, entry: Entry): void {
    lane.offer(entry);
    while (this.#total.isExceeded && this.#dropFromLargest());
    this.#wasHigh ||= this.#total.isHigh;
  }

  /** To be called after messages have left: sources that waited for the room of all lanes go on. */
  relieve(): void {
    if (!this.#wasHigh || !this.#total.isLow) return;
    this.#wasHigh = false;
    for (const lane of this.#lanes.values()) lane.relieve();
  }

  /** Drops every message; returns where each was to go, and the bytes of its value. */
  dropAll(cause: DropCause, error?: RxcamError): { topic: string; bytes: number }[] {
    return [...this.#lanes.values()].flatMap((lane) =>
      lane.dropAll(cause, error).map(({ message }) => ({ topic: lane.topic, bytes: message.value.length })));
  }

  #dropFromLargest(): boolean {
    const bySize = [...this.#lanes.values()].filter((lane) => lane.waiting > 0).sort((a, b) => b.bytes - a.bytes);
    return bySize.some((lane) => lane.dropOldest());
  }
}
