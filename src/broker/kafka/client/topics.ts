/** The topics of a Kafka cluster: the leaders of their partitions, looked up in batches; creates missing topics. */
import { setTimeout as wait } from 'node:timers/promises';
import { mono } from '../../../core/clock.js';
import { KAFKA_LIMITS } from '../../../core/defaults/limits.js';
import { errorName } from './classify-errors.js';
import { creationErrors, leadersOf } from './metadata.js';
import { type Responses, errorOf } from '../wire/index.js';
import type { KafkaNode } from './node.js';
import type { KafkaNodes } from './nodes.js';
import type { KafkaOptions } from '../options.js';

interface Topic {
  /** Id of the broker that leads each partition; -1 if none does. */
  readonly leaders: readonly number[];
  /** Monotonic time in ms of the look-up. */
  readonly lookedUpAt: number;
}

/** A look-up of several topics together. */
interface LookUp { readonly topics: Set<string>; readonly done: Promise<TopicErrors> }

/** The errors of topics that can't be written to. */
export type TopicErrors = ReadonlyMap<string, Error>;

export class KafkaTopics {
  readonly #topics = new Map<string, Topic>();
  #next: LookUp | undefined;

  constructor(readonly nodes: KafkaNodes, readonly options: KafkaOptions) {}

  /** The leaders of a topic's partitions, if they are known. */
  leaders(topic: string): readonly number[] | undefined {
    return this.#topics.get(topic)?.leaders;
  }

  /** Whether the leaders may not be ready: metadata names a leader before it is ready, by seconds if hundreds of topics are created at once. */
  isNew(topic: string): boolean {
    return mono() - (this.#topics.get(topic)?.lookedUpAt ?? -Infinity) < KAFKA_LIMITS.newMs;
  }

  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** Called when the partitions of this broker may have another leader. */
  forgetLedBy(id: number): void {
    for (const [topic, { leaders }] of this.#topics) if (leaders.includes(id)) this.#topics.delete(topic);
  }

  /** Looks old metadata up again, because partitions may have been added; does not wait for the answer. */
  refresh(topic: string): void {
    const known = this.#topics.get(topic);
    if (known === undefined || mono() - known.lookedUpAt < KAFKA_LIMITS.metadataMaxAgeMs) return;
    this.#topics.set(topic, { ...known, lookedUpAt: mono() });
    this.lookUp([topic]).catch(() => { /* The known metadata stays in use. */ });
  }

  /** Looks topics up, in one request for all calls of the next few ms. Rejects if no broker answers. */
  lookUp(topics: Iterable<string>): Promise<TopicErrors> {
    this.#next ??= this.#startLookUp();
    for (const topic of topics) this.#next.topics.add(topic);
    return this.#next.done;
  }

  #startLookUp(): LookUp {
    const topics = new Set<string>();
    const done = wait(KAFKA_LIMITS.gatherMs).then(() => {
      this.#next = undefined;
      return this.#lookUp([...topics]);
    });
    return { topics, done };
  }

  async #lookUp(topics: readonly string[]): Promise<TopicErrors> {
    const { node, problems } = await this.#fetchMetadata(topics);
    const missing = topics.filter((topic) => errorName(problems.get(topic)) === 'UNKNOWN_TOPIC_OR_PARTITION');
    if (missing.length === 0 || !this.options.createTopics) return problems;
    for (const topic of missing) problems.delete(topic);
    // Both at once, to save a round trip: a broker answers the requests of a connection in order.
    const [refused] = await Promise.all([this.#create(node, missing), this.#fetchMetadata(missing, node)]);
    for (const [topic, problem] of refused) problems.set(topic, problem);
    for (const [topic, problem] of await this.#awaitLeaders(missing.filter((topic) => !problems.has(topic)))) problems.set(topic, problem);
    return problems;
  }

  async #fetchMetadata(topics: readonly string[], only?: KafkaNode): Promise<{ node: KafkaNode; problems: Map<string, Error> }> {
    const request = { topics, allowAutoTopicCreation: false } as const;
    const { node, answer } = only === undefined ? await this.nodes.askAny('Metadata', request) : { node: only, answer: await only.ask('Metadata', request) };
    this.nodes.update(answer.brokers);
    return { node, problems: this.#update(topics, answer) };
  }

  #update(topics: readonly string[], { topicMetadata }: Responses['Metadata']): Map<string, Error> {
    const problems = new Map<string, Error>();
    for (const topic of topics) {
      const found = topicMetadata.find((one) => one.topic === topic);
      const partitions = found?.partitionMetadata ?? [];
      if (found !== undefined && partitions.length > 0) {
        this.#topics.set(topic, { leaders: leadersOf(partitions), lookedUpAt: mono() });
      } else {
        this.#topics.delete(topic);
        problems.set(topic, errorOf(found?.topicErrorCode ?? 0) ?? new Error("the broker's answer does not mention it"));
      }
    }
    return problems;
  }

  async #create(node: KafkaNode, topics: readonly string[]): Promise<TopicErrors> {
    const { numPartitions, replicationFactor, maxMessageBytes, requestTimeoutMs } = this.options;
    const configEntries = [{ name: 'max.message.bytes', value: String(maxMessageBytes) }];
    const { topicErrors } = await node.ask('CreateTopics', {
      topics: topics.map((topic) => ({ topic, numPartitions, replicationFactor, configEntries })), timeout: requestTimeoutMs,
    });
    return creationErrors(topicErrors);
  }

  /** Waits until new topics have leaders: the metadata of brokers has a topic a moment after the controller has created it. */
  async #awaitLeaders(topics: readonly string[]): Promise<TopicErrors> {
    const endAt = mono() + this.options.requestTimeoutMs / 2;
    let problems: TopicErrors = new Map();
    for (let open = this.#leaderless(topics); open.length > 0 && mono() < endAt; open = this.#leaderless(open)) {
      await wait(KAFKA_LIMITS.leaderPollMs);
      ({ problems } = await this.#fetchMetadata(open));
    }
    return problems;
  }

  #leaderless(topics: readonly string[]): string[] {
    return topics.filter((topic) => this.leaders(topic)?.includes(-1) !== false);
  }
}
