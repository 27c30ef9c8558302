/** The embedded broker: bounded topics in memory, for demonstrations and tests. */
import { EMPTY, type Observable, Subject, filter, of } from 'rxjs';
import { wall } from '../../core/clock.js';
import { BROKER, MEMORY, OUTBOX } from '../../core/defaults/defaults.js';
import { MessageTooLarge } from '../../core/errors/errors.js';
import type { CameraMessage } from '../../core/frame/frame.js';
import { byteCount, count, milliseconds, options as object, parseOptions } from '../../core/options.js';
import type { BrokerConfig } from '../broker-options.js';
import { type Broker, BrokerHandle } from '../handle/index.js';
import type { Coordination, FleetPlace } from '../../core/engine/coordination.js';
import type { Driver, Outgoing, SendOutcome } from '../driver.js';
import { Fifo } from '../outbox/index.js';
import { MemoryFleets } from './coordination.js';
import type { MemoryGroup } from './reader.js';
import { memoryReader } from './read.js';
import type { ReadRequest, Reader } from '../reader.js';
import type { StoredMessage } from './stored.js';

/** Options of `memory`. */
export interface MemoryConfig extends Pick<BrokerConfig, 'outboxMaxBytes'> {
  /** Messages kept for one topic; the oldest are removed first. Default 1000. */
  readonly maxMessages?: number;
  /** Bytes kept for one topic. Default 64 MiB; no message can be larger. */
  readonly maxBytes?: number;
  /** How long a message waits for others to go in the same request, in ms. Default 0. */
  readonly lingerMs?: number;
}

/** The embedded broker. */
export interface MemoryBroker extends Broker {
  /** Names of the topics, in the order of their first message. */
  topics(): readonly string[];
  /** The messages kept for a topic, oldest first. */
  read(topic: string): readonly StoredMessage[];
  /** Messages of a topic, or of all topics, as they arrive from now on. Completes on close. */
  messages$(topic?: string): Observable<StoredMessage>;
}

export const MEMORY_SCHEMA = object({
  maxMessages: count().default(MEMORY.maxMessages),
  maxBytes: byteCount().default(MEMORY.maxBytes),
  lingerMs: milliseconds().default(MEMORY.lingerMs),
  outboxMaxBytes: byteCount().default(OUTBOX.handleMaxBytes),
});

/**
 * Creates an embedded broker: topics in the memory of this process, limited by number and bytes.
 * @throws InvalidOption
 */
export function memory(options: MemoryConfig = {}): MemoryBroker {
  const { maxMessages, maxBytes, lingerMs, outboxMaxBytes } = parseOptions('memory', MEMORY_SCHEMA, options);
  const driver = new MemoryDriver({ maxMessages, maxBytes });
  return new MemoryHandle(driver, { lingerMs, outboxMaxBytes, requestTimeoutMs: BROKER.requestTimeoutMs });
}

class MemoryHandle extends BrokerHandle<MemoryDriver> implements MemoryBroker {
  topics(): readonly string[] {
    return [...this.driver().topics.keys()];
  }

  read(topic: string): readonly StoredMessage[] {
    return [...this.driver().topics.get(topic)?.messages ?? []];
  }

  messages$(topic?: string): Observable<StoredMessage> {
    return this.driver().arrived$.pipe(filter((message) => topic === undefined || message.topic === topic));
  }
}

/** A topic: its messages, their bytes, and the offset of the next one. */
interface Topic { readonly messages: Fifo<StoredMessage>; bytes: number; next: number }

class MemoryDriver implements Driver {
  readonly kind = 'memory';
  readonly address = 'memory:';
  readonly topics = new Map<string, Topic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly fleets = new MemoryFleets();
  readonly #arrived = new Subject<StoredMessage>();
  readonly arrived$ = this.#arrived.asObservable();

  constructor(readonly limits: { readonly maxMessages: number; readonly maxBytes: number }) {}

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return of(batch.map((outgoing): SendOutcome => ({ ok: true, offset: this.#store(outgoing) })));
  }

  refuses({ value, id }: CameraMessage): MessageTooLarge | undefined {
    if (value.length <= this.limits.maxBytes) return undefined;
    return new MessageTooLarge(`memory: message ${id} has ${value.length} bytes, at most ${this.limits.maxBytes} are allowed`);
  }

  reader(request: ReadRequest): Reader {
    return memoryReader(request, { groups: this.#groups, topic: (name) => this.topics.get(name), arrived$: this.arrived$ });
  }

  coordination(place: FleetPlace): Coordination {
    return this.fleets.of(place);
  }

  reset(): void { /* There is no connection. */ }

  close(): Observable<never> {
    this.#arrived.complete();
    return EMPTY;
  }

  #store({ topic: name, key, message, headers }: Outgoing): string {
    const topic = this.#topic(name);
    const stored: StoredMessage = {
      topic: name, key, value: compact(message.value), headers, offset: String(topic.next++), storedAt: wall(),
      ...(message.fields && { fields: message.fields }),
    };
    topic.messages.push(stored);
    topic.bytes += stored.value.buffer.byteLength;
    while (topic.messages.length > this.limits.maxMessages || (topic.bytes > this.limits.maxBytes && topic.messages.length > 1)) {
      topic.bytes -= topic.messages.shift()?.value.buffer.byteLength ?? 0;
    }
    this.#arrived.next(stored);
    return stored.offset;
  }

  #topic(name: string): Topic {
    let topic = this.topics.get(name);
    if (topic === undefined) {
      topic = { messages: new Fifo(), bytes: 0, next: 0 };
      this.topics.set(name, topic);
    }
    return topic;
  }
}

/** Copies a value that is less than half of its buffer: a view would keep the whole buffer in memory. */
function compact(value: Buffer): Buffer {
  if (value.buffer.byteLength <= 2 * value.length) return value;
  const copy = Buffer.allocUnsafeSlow(value.length);
  value.copy(copy);
  return copy;
}
