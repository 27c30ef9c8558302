/** Queries the size limit of a topic for the doctor, and creates the doctor's topic with timestamps of the broker. */
import type { ServerLimits, DoctorTopics } from '../../kind/index.js';
import { type KafkaOptions, checkedBrokers } from '../options.js';
import { ByteReader, type NewWire, errorOf, int32, int8, string } from '../wire/index.js';
import { errorName } from './classify-errors.js';
import type { KafkaNode } from './node.js';
import { KafkaNodes } from './nodes.js';

/** The settings of the doctor's topic: timestamps of the broker, and a retention of an hour, because its messages are soon useless. */
const OWN_TOPIC_CONFIG = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }, { name: 'retention.ms', value: String(3_600_000) }];

/** DescribeConfigs in the oldest version that Kafka 4 accepts. */
const DESCRIBE = { apiKey: 32, apiVersion: 1, apiName: 'DescribeConfigs' } as const;
const TOPIC = 2;
const LIMIT = 'max.message.bytes';

/** Creates the doctor's own topic, if that is allowed, and queries the limit of the user's topic. */
export async function examineKafka(options: KafkaOptions, newWire: NewWire, { topic, own }: DoctorTopics): Promise<ServerLimits> {
  const { brokers, createTopics, maxMessageBytes } = options;
  const nodes = new KafkaNodes(options, { newWire, log: () => undefined, paused: () => undefined },
    async () => checkedBrokers(typeof brokers === 'function' ? await brokers() : brokers));
  nodes.hold(true);
  try {
    const { node, answer: { topicMetadata } } = await nodes.askAny('Metadata', { topics: [...new Set([topic, own])], allowAutoTopicCreation: false });
    const missing = new Set(topicMetadata.filter(isMissing).map((one) => one.topic));
    if (missing.has(own) && createTopics) await createOwnTopic(node, own, options);
    if (missing.has(topic) || topic === own) return { isMissing: true, ...(createTopics && { maxMessageBytes }) };
    return { maxMessageBytes: limitIn((await node.ask('Raw', { ...DESCRIBE, body: describeRequest(topic) })).payload) };
  } finally {
    nodes.destroy();
  }
}

function isMissing({ topicErrorCode }: { readonly topicErrorCode: number }): boolean {
  return errorName(errorOf(topicErrorCode)) === 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** If the creation is refused, the doctor's message creates the topic, or reports why it can't be created. */
async function createOwnTopic(node: KafkaNode, topic: string, { replicationFactor, requestTimeoutMs }: KafkaOptions): Promise<void> {
  await node.ask('CreateTopics', { topics: [{ topic, numPartitions: 1, replicationFactor, configEntries: OWN_TOPIC_CONFIG }], timeout: requestTimeoutMs });
}

/** The body of a DescribeConfigs request for the size limit of a topic. */
function describeRequest(topic: string): Buffer {
  return Buffer.concat([int32(1), int8(TOPIC), string(topic), int32(1), string(LIMIT), int8(0)]);
}

/** The limit in the answer to DescribeConfigs. @throws the error that the broker reports for the topic */
function limitIn(answer: Buffer): number | undefined {
  const bytes = new ByteReader(answer);
  const nullableString = () => {
    const length = bytes.int16();
    return length < 0 ? undefined : bytes.take(length).toString();
  };
  // The throttle time, and the number of results.
  bytes.skip(8);
  const error = errorOf(bytes.int16());
  const message = nullableString();
  if (error !== undefined) throw new Error(message ?? error.message, { cause: error });
  // The type and the name of the resource.
  bytes.skip(1);
  nullableString();
  if (bytes.int32() === 0) return undefined;
  // The name of the setting.
  nullableString();
  const value = nullableString();
  return value === undefined ? undefined : Number(value);
}
