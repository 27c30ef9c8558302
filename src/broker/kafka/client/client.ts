/** A client of a Kafka cluster: finds the leaders of partitions, and writes to them. */
import { levelOf, logEntryText } from './classify-errors.js';
import { KafkaNodes } from './nodes.js';
import type { KafkaOptions } from '../options.js';
import { partitionOf } from './partition.js';
import { type KafkaRecord, type NewWire, type PartitionResponse, type TopicData, errorOf } from '../wire/index.js';
import { type TopicErrors, KafkaTopics } from './topics.js';

/** A message, and its topic and partition. */
export interface AddressedRecord { readonly topic: string; readonly partition: number; readonly record: KafkaRecord }

/** The position of a written message, or its error. `isAlone`: its partition has no other message in the request. */
export type WriteResult = { readonly partition: number; readonly offset?: string } | { readonly error: Error; readonly isAlone: boolean };

export interface KafkaHooks {
  readonly newWire: NewWire;
  /** Returns the brokers to connect to first. */
  brokers(): Promise<readonly string[]>;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
}

/** The partition of a topic and key, and its leader. */
export interface PartitionLeader { readonly partition: number; readonly leader: number }

export class KafkaClient {
  readonly #nodes: KafkaNodes;
  readonly #topics: KafkaTopics;

  constructor(readonly options: KafkaOptions, hooks: KafkaHooks) {
    this.#nodes = new KafkaNodes(options, {
      newWire: hooks.newWire,
      log: (level, entry) => { hooks.log(levelOf(level, logEntryText(entry)), logEntryText(entry)); },
      paused: (ms) => { hooks.log('info', `the broker's quota requires a pause of ${ms} ms`); },
    }, () => hooks.brokers());
    this.#topics = new KafkaTopics(this.#nodes, options);
  }

  /** The partition of a key, and its leader: negative for none. Undefined while the topic's metadata is unknown. */
  partitionLeader(topic: string, key: string): PartitionLeader | undefined {
    const leaders = this.#topics.leaders(topic);
    if (leaders === undefined) return undefined;
    const partition = partitionOf(key, leaders.length);
    const leader = leaders[partition] ?? -1;
    return { partition, leader: this.#nodes.get(leader) === undefined ? -1 : leader };
  }

  /** Looks topics up and creates missing ones; resolves with the errors of topics that can't be written to. Rejects if no broker answers. */
  lookUp(topics: Iterable<string>): Promise<TopicErrors> {
    return this.#topics.lookUp(topics);
  }

  /** Whether the topic's leaders have just been looked up: they may not be ready yet. */
  isNew(topic: string): boolean {
    return this.#topics.isNew(topic);
  }

  forget(topic: string): void {
    this.#topics.forget(topic);
  }

  /** Called when the partitions of this broker may have another leader. */
  forgetLedBy(leader: number): void {
    this.#topics.forgetLedBy(leader);
  }

  /** Monotonic time in ms until which a broker reads nothing; 0 for no pause. */
  pausedUntil(leader: number): number {
    return this.#nodes.get(leader)?.pausedUntil ?? 0;
  }

  /** Writes messages to the broker that leads their partitions; resolves with the outcome of each. */
  async write(leader: number, messages: readonly AddressedRecord[]): Promise<WriteResult[]> {
    const node = this.#nodes.get(leader);
    if (node === undefined) throw new Error(`broker ${leader} is no longer known`);
    const { acks, compression, requestTimeoutMs } = this.options;
    const { topics } = await node.ask('Produce', {
      topicData: topicDataOf(messages), acks, timeout: requestTimeoutMs,
      compression,
    });
    for (const { topic } of messages) this.#topics.refresh(topic);
    return resultsOf(messages, new Map(topics.flatMap(({ topicName, partitions }) =>
      partitions.map((answer) => [partitionId(topicName, answer.partition), answer]))));
  }

  /** Closes the connection to one broker at once; the next request opens another. */
  drop(leader: number): void {
    this.#nodes.get(leader)?.drop();
  }

  /** Sets whether the connections keep the process alive. */
  hold(isHeld: boolean): void {
    this.#nodes.hold(isHeld);
  }

  /** Closes all connections after the requests in flight. */
  disconnect(): Promise<void> {
    return this.#nodes.disconnect();
  }

  /** Closes all connections at once: data that a hanging broker has not read is discarded. */
  destroy(): void {
    this.#nodes.destroy();
  }
}

function topicDataOf(messages: readonly AddressedRecord[]): TopicData[] {
  const topics = new Map<string, Map<number, KafkaRecord[]>>();
  for (const { topic, partition, record } of messages) {
    let partitions = topics.get(topic);
    if (partitions === undefined) topics.set(topic, partitions = new Map<number, KafkaRecord[]>());
    const list = partitions.get(partition);
    if (list === undefined) partitions.set(partition, [record]);
    else list.push(record);
  }
  return [...topics].map(([topic, partitions]) => ({
    topic, partitions: [...partitions].map(([partition, list]) => ({ partition, records: list })),
  }));
}

/** The result of each message: the answer has the first offset of each partition, and its messages have consecutive offsets. */
function resultsOf(messages: readonly AddressedRecord[], answers: ReadonlyMap<string, PartitionResponse>): WriteResult[] {
  const counts = new Map<string, number>();
  for (const { topic, partition } of messages) counts.set(partitionId(topic, partition), (counts.get(partitionId(topic, partition)) ?? 0) + 1);
  const next = new Map<string, bigint>();
  return messages.map(({ topic, partition }) => {
    const id = partitionId(topic, partition);
    const answer = answers.get(id);
    const error = answer === undefined ? new Error('no answer for its partition') : errorOf(answer.errorCode);
    if (error !== undefined) return { error, isAlone: counts.get(id) === 1 };
    const offset = next.get(id) ?? BigInt(answer?.baseOffset ?? -1);
    next.set(id, offset + 1n);
    return offset < 0n ? { partition } : { partition, offset: String(offset) };
  });
}

function partitionId(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}
