/** One kafkajs client: producer, the topics that it has seen, and how to make those that are missing. */
import { CompressionTypes, Kafka, type Message, Partitioners, type Producer, type RecordMetadata, logLevel } from 'kafkajs';
import { kindOf } from './kafka-errors.js';
import { levelOf, textOf } from './kafka-log.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaSockets } from './kafka-sockets.js';

/** A message and where it was written. */
export interface Placed { readonly partition: number; readonly offset?: string }

export interface KafkaHooks {
  /** Names the brokers, each time a connection is made. */
  brokers(): Promise<string[]>;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
}

/** What would be tried again here is tried again by the sender. */
const NO_RETRY = { retries: 0 };

export class KafkaClient {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #topics = new Map<string, Promise<void>>();
  /** The partition that the producer chose for each message of a request: its answer tells the first offset of each only. */
  readonly #partitions = new WeakMap<Message, number>();
  readonly #sockets = new KafkaSockets();
  #connecting: Promise<void> | undefined;
  #isGone = false;

  constructor(readonly options: KafkaOptions, hooks: KafkaHooks) {
    const { clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs } = options;
    this.#kafka = new Kafka({
      // A copy: kafkajs writes the provider that it has made of the credentials into the object it is given.
      clientId, ssl, ...(sasl && { sasl: { ...sasl } }), brokers: () => hooks.brokers(),
      connectionTimeout: connectTimeoutMs, authenticationTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs,
      retry: NO_RETRY, socketFactory: this.#sockets.factory, logLevel: logLevel.INFO,
      logCreator: () => ({ level, log }) => { hooks.log(levelOf(level, log.message), textOf(log)); },
    });
    const choose = Partitioners.DefaultPartitioner();
    this.#producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      retry: NO_RETRY,
      createPartitioner: () => (args) => {
        const partition = choose(args);
        this.#partitions.set(args.message, partition);
        return partition;
      },
    });
  }

  /** Connects, once. */
  async connect(): Promise<void> {
    if (this.#isGone) throw new Error('the connection was given up meanwhile');
    const connecting = this.#connecting ??= this.#producer.connect();
    try {
      await connecting;
    } catch (error) {
      if (this.#connecting === connecting) this.#connecting = undefined;
      throw error;
    }
  }

  /** Ends for good, in order: requests under way are waited for. */
  async disconnect(): Promise<void> {
    this.#isGone = true;
    await this.#producer.disconnect();
    if (this.#connecting !== undefined) {
      // A connection that was being made would be left over.
      await this.#connecting.catch(() => { /* So much the better. */ });
      await this.#producer.disconnect();
    }
  }

  /** Ends at once: what a broker that hangs has not read yet is not kept for it. */
  destroy(): void {
    this.#isGone = true;
    this.#sockets.destroy();
    this.disconnect().catch(() => { /* It is gone either way. */ });
  }

  /** Makes the topic if it is not there; fails if it may not. Each topic is looked up once. */
  async ensureTopic(topic: string): Promise<void> {
    let ensured = this.#topics.get(topic);
    if (ensured === undefined) {
      ensured = this.#lookUp(topic);
      this.#topics.set(topic, ensured);
    }
    try {
      await ensured;
    } catch (error) {
      this.#topics.delete(topic);
      throw error;
    }
  }

  /** Writes messages; tells the place of each. */
  async write(messages: readonly { readonly topic: string; readonly message: Message }[]): Promise<Placed[]> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, message } of messages) {
      const others = byTopic.get(topic);
      if (others === undefined) byTopic.set(topic, [message]);
      else others.push(message);
    }
    const { acks, compression, requestTimeoutMs } = this.options;
    const answer = await this.#producer.sendBatch({
      acks, timeout: requestTimeoutMs,
      compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
      topicMessages: [...byTopic].map(([topic, list]) => ({ topic, messages: list })),
    });
    return this.#places(messages, answer);
  }

  #places(messages: readonly { readonly topic: string; readonly message: Message }[], answer: readonly RecordMetadata[]): Placed[] {
    const next = new Map(answer.map(({ topicName, partition, baseOffset }) => [`${partition} ${topicName}`, BigInt(baseOffset ?? -1)]));
    return messages.map(({ topic, message }) => {
      const partition = this.#partitions.get(message) ?? 0;
      const offset = next.get(`${partition} ${topic}`);
      if (offset === undefined || offset < 0n) return { partition };
      next.set(`${partition} ${topic}`, offset + 1n);
      return { partition, offset: String(offset) };
    });
  }

  async #lookUp(topic: string): Promise<void> {
    const admin = this.#kafka.admin({ retry: NO_RETRY });
    try {
      await admin.connect();
      await admin.fetchTopicMetadata({ topics: [topic] });
    } catch (error) {
      if (kindOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION' || !this.options.createTopics) throw error;
      const { numPartitions, replicationFactor, maxMessageBytes, requestTimeoutMs } = this.options;
      await admin.createTopics({
        topics: [{ topic, numPartitions, replicationFactor, configEntries: [{ name: 'max.message.bytes', value: String(maxMessageBytes) }] }],
        timeout: requestTimeoutMs,
      });
    } finally {
      admin.disconnect().catch(() => { /* It is gone either way. */ });
    }
  }
}
