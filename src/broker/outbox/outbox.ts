/** The lanes of a broker handle, bounded together. */
import { OUTBOX } from '../../core/defaults/defaults.js';
import type { DropCause } from '../../core/events.js';
import { LANES } from '../../core/defaults/limits.js';
import type { RxcamError } from '../../core/errors/errors.js';
import { Total } from './bounded-queue.js';
import { type Entry, Lane } from './lane.js';

/** What a publisher asks of its lanes. */
export interface LaneOptions {
  readonly maxInFlight?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxMessages?: number | undefined;
}

export class Outbox {
  /** By topic, then by key. */
  readonly #lanes = new Map<string, Map<string, Lane>>();
  /** Lanes that somebody has left. */
  readonly #left = new Set<Lane>();
  /** What lanes that are gone have sent last: the next message there names it. The oldest go. */
  readonly #lastSent = new Map<string, number>();
  readonly #total: Total;
  #wasHigh = false;

  constructor(maxBytes: number = OUTBOX.handleMaxBytes) {
    this.#total = new Total(maxBytes);
  }

  get lanes(): Lane[] { return [...this.#lanes.values()].flatMap((byKey) => [...byKey.values()]); }
  /** Bytes kept alive by all messages. */
  get bytes(): number { return this.#total.retained.bytes; }
  get messages(): number { return this.#total.count; }

  /** The lane of a topic and key, bounded as the last publisher asked. */
  lane(topic: string, key: string, options: LaneOptions): Lane {
    const lane = this.#lanes.get(topic)?.get(key) ?? this.#newLane(topic, key);
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
    for (const lane of this.lanes) lane.relieve();
  }

  /** Somebody publishes to this lane no longer. */
  leave(lane: Lane): void {
    this.#left.add(lane);
  }

  /** Removes the lanes that are idle; returns the topics that have none left. */
  sweep(): string[] {
    const gone = [...this.#left].filter(({ isIdle }) => isIdle);
    for (const lane of gone) this.#remove(lane);
    return [...new Set(gone.map(({ topic }) => topic))].filter((topic) => !this.#lanes.has(topic));
  }

  #newLane(topic: string, key: string): Lane {
    const limits = { maxBytes: OUTBOX.maxBytes, maxMessages: OUTBOX.maxMessages };
    const lane = new Lane(topic, key, limits, this.#total, this.#lastSent.get(idOf(topic, key)));
    const byKey = this.#lanes.get(topic);
    if (byKey === undefined) this.#lanes.set(topic, new Map([[key, lane]]));
    else byKey.set(key, lane);
    return lane;
  }

  #remove(lane: Lane): void {
    const id = idOf(lane.topic, lane.key);
    const byKey = this.#lanes.get(lane.topic);
    this.#left.delete(lane);
    byKey?.delete(lane.key);
    if (byKey?.size === 0) this.#lanes.delete(lane.topic);
    this.#lastSent.delete(id);
    this.#lastSent.set(id, lane.lastSent);
    const [oldest] = this.#lastSent.keys();
    if (oldest !== undefined && this.#lastSent.size > LANES.remembered) this.#lastSent.delete(oldest);
  }

  /** Drops every message; returns where each was to go, and the bytes of its value. */
  dropAll(cause: DropCause, error?: RxcamError): { topic: string; bytes: number }[] {
    return this.lanes.flatMap((lane) =>
      lane.dropAll(cause, error).map(({ message }) => ({ topic: lane.topic, bytes: message.value.length })));
  }

  #dropFromLargest(): boolean {
    const bySize = this.lanes.filter((lane) => lane.waiting > 0).sort((a, b) => b.bytes - a.bytes);
    return bySize.some((lane) => lane.dropOldest());
  }
}

function idOf(topic: string, key: string): string {
  return JSON.stringify([topic, key]);
}
