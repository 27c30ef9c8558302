/** The queues of a broker handle, bounded together. */
import { OUTBOX } from '../../core/defaults/defaults.js';
import type { DropCause } from '../../core/events.js';
import { QUEUES } from '../../core/defaults/limits.js';
import type { RxcamError } from '../../core/errors/errors.js';
import { QueueTotals } from './bounded-queue.js';
import { type Entry, PartitionQueue } from './partition-queue.js';

/** A publisher's settings for its queues. */
export interface QueueOptions {
  readonly maxInFlight?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxMessages?: number | undefined;
}

const NONE: readonly string[] = [];

export class Outbox {
  /** The queues, by topic, then by key. */
  readonly #queues = new Map<string, Map<string, PartitionQueue>>();
  /** Queues that a publisher has released. */
  readonly #released = new Set<PartitionQueue>();
  /** The last `inputOrder` sent by each removed queue, for the header of its next message. The oldest entries are removed. */
  readonly #lastSent = new Map<string, number>();
  readonly #total: QueueTotals;
  #wasHigh = false;

  constructor(maxBytes: number = OUTBOX.handleMaxBytes) {
    this.#total = new QueueTotals(maxBytes);
  }

  get queues(): PartitionQueue[] { return [...this.#queues.values()].flatMap((byKey) => [...byKey.values()]); }
  /** Bytes that all messages keep in memory. */
  get bytes(): number { return this.#total.memory.bytes; }
  get messages(): number { return this.#total.count; }

  /** The queue of a topic and key, with the limits of its last publisher. */
  queue(topic: string, key: string, options: QueueOptions): PartitionQueue {
    const queue = this.#queues.get(topic)?.get(key) ?? this.#newQueue(topic, key);
    queue.maxInFlight = options.maxInFlight ?? queue.maxInFlight;
    queue.limits.maxBytes = options.maxBytes ?? queue.limits.maxBytes;
    queue.limits.maxMessages = options.maxMessages ?? queue.limits.maxMessages;
    return queue;
  }

  /** Adds a message; drops the oldest of the largest queues while all queues together are too large. */
  offer(queue: PartitionQueue, entry: Entry): void {
    queue.offer(entry);
    while (this.#total.isExceeded && this.#dropFromLargest());
    this.#wasHigh ||= this.#total.isHigh;
  }

  /** Resumes sources that wait for room in all queues together; called after messages have been sent. */
  resumeSources(): void {
    if (!this.#wasHigh || !this.#total.isLow) return;
    this.#wasHigh = false;
    for (const queue of this.queues) queue.resumeSources();
  }

  /** Called when a publisher has released this queue. */
  noteReleased(queue: PartitionQueue): void {
    this.#released.add(queue);
  }

  /** Removes released queues that are idle; returns the topics that have no queue afterwards. */
  removeIdleQueues(): readonly string[] {
    if (this.#released.size === 0) return NONE;
    const idle = [...this.#released].filter(({ isIdle }) => isIdle);
    for (const queue of idle) this.#remove(queue);
    return [...new Set(idle.map(({ topic }) => topic))].filter((topic) => !this.#queues.has(topic));
  }

  #newQueue(topic: string, key: string): PartitionQueue {
    const limits = { maxBytes: OUTBOX.maxBytes, maxMessages: OUTBOX.maxMessages };
    const queue = new PartitionQueue(topic, key, limits, this.#total, this.#lastSent.get(queueId(topic, key)));
    const byKey = this.#queues.get(topic);
    if (byKey === undefined) this.#queues.set(topic, new Map([[key, queue]]));
    else byKey.set(key, queue);
    return queue;
  }

  #remove(queue: PartitionQueue): void {
    const id = queueId(queue.topic, queue.key);
    const byKey = this.#queues.get(queue.topic);
    this.#released.delete(queue);
    byKey?.delete(queue.key);
    if (byKey?.size === 0) this.#queues.delete(queue.topic);
    this.#lastSent.delete(id);
    this.#lastSent.set(id, queue.lastSent);
    const [oldest] = this.#lastSent.keys();
    if (oldest !== undefined && this.#lastSent.size > QUEUES.maxRemembered) this.#lastSent.delete(oldest);
  }

  /** Drops every message; returns the topic and size of each. */
  dropAll(cause: DropCause, error?: RxcamError): { topic: string; bytes: number }[] {
    return this.queues.flatMap((queue) =>
      queue.dropAll(cause, error).map(({ message }) => ({ topic: queue.topic, bytes: message.value.length })));
  }

  #dropFromLargest(): boolean {
    const bySize = this.queues.filter((queue) => queue.waiting > 0).sort((a, b) => b.bytes - a.bytes);
    return bySize.some((queue) => queue.dropOldest());
  }
}

/** Unique for each topic and key, even if a key contains a separator. */
function queueId(topic: string, key: string): string {
  return `${topic.length} ${topic}${key}`;
}
