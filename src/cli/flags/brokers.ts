/** Flags of kafka(), redis() and memory(); those of every broker stand first. */
import { BROKER, KAFKA, MEMORY, OUTBOX, REDIS } from '../../defaults.js';
import { type FlagGroup, bytes, number, oneOf, shownBytes } from './flag.js';

/** How a login can be proven by user and password; the first is taken unless told. */
export const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

const anyBroker: FlagGroup = {
  heading: 'Any broker:',
  flags: [
    { flags: '--linger-ms <ms>', sets: 'broker.lingerMs', parse: number, about: 'how long a message waits for others to go in the same request, in ms', standard: `${BROKER.lingerMs}; memory: ${MEMORY.lingerMs}` },
    { flags: '--broker-outbox-bytes <bytes>', sets: 'broker.outboxMaxBytes', parse: bytes, about: 'bytes kept for all cameras together while the broker is down', standard: shownBytes(OUTBOX.handleMaxBytes) },
  ],
};

const remote: FlagGroup = {
  heading: 'Kafka and Redis:',
  flags: [
    { flags: '--max-request-bytes <bytes>', sets: 'broker.maxRequestBytes', parse: bytes, about: 'bytes of one request, at most', standard: shownBytes(BROKER.maxRequestBytes) },
    { flags: '--request-timeout <ms>', sets: 'broker.requestTimeoutMs', parse: number, about: 'a request without an answer is sent again after so long, in ms', standard: BROKER.requestTimeoutMs },
    { flags: '--broker-connect-timeout <ms>', sets: 'broker.connectTimeoutMs', parse: number, about: 'until the broker answers, in ms', standard: BROKER.connectTimeoutMs },
  ],
};

const kafka: FlagGroup = {
  heading: 'Kafka:',
  flags: [
    { flags: '--kafka-acks <n>', sets: 'kafka.acks', parse: number, about: 'acknowledgements to wait for: -1 all in-sync replicas, 1 the leader', standard: KAFKA.acks },
    { flags: '--kafka-client-id <id>', sets: 'kafka.clientId', about: 'name by which Kafka knows the program', standard: KAFKA.clientId },
    { flags: '--ssl', sets: 'kafka.ssl', about: 'connect by TLS; NODE_EXTRA_CA_CERTS in the environment names authorities of your own' },
    { flags: '--sasl-mechanism <name>', sets: 'kafka.sasl.mechanism', parse: oneOf(MECHANISMS), about: MECHANISMS.join(', '), standard: MECHANISMS[0] },
    { flags: '--sasl-username <name>', sets: 'kafka.sasl.username', about: "user, where the broker's address names none; the password is in RXCAM_KAFKA_PASSWORD" },
    { flags: '--kafka-message-bytes <bytes>', sets: 'kafka.maxMessageBytes', parse: bytes, about: 'largest message that a topic made by rxcam takes', standard: shownBytes(KAFKA.maxMessageBytes) },
    { flags: '--kafka-compression <name>', sets: 'kafka.compression', about: 'none or gzip: encoded video gets no smaller', standard: 'none' },
    { flags: '--no-create-topics', sets: 'kafka.createTopics', about: 'make no topic that is not there' },
    { flags: '--kafka-partitions <n>', sets: 'kafka.numPartitions', parse: number, about: 'partitions of a topic made by rxcam', standard: KAFKA.numPartitions },
    { flags: '--kafka-replicas <n>', sets: 'kafka.replicationFactor', parse: number, about: 'copies of a topic made by rxcam', standard: KAFKA.replicationFactor },
  ],
};

const redis: FlagGroup = {
  heading: 'Redis:',
  flags: [
    { flags: '--redis-maxlen <n>', sets: 'redis.maxLen', parse: number, about: 'entries kept for one stream, approximately', standard: REDIS.maxLen },
    { flags: '--redis-max-bytes <bytes>', sets: 'redis.maxStreamBytes', parse: bytes, about: 'bytes kept for one stream, of what this program has written', standard: shownBytes(REDIS.maxStreamBytes) },
    { flags: '--redis-message-bytes <bytes>', sets: 'redis.maxMessageBytes', parse: bytes, about: "largest message that is sent; the server's proto-max-bulk-len is the limit", standard: shownBytes(REDIS.maxMessageBytes) },
  ],
};

const memory: FlagGroup = {
  heading: 'The embedded broker:',
  flags: [
    { flags: '--memory-messages <n>', sets: 'memory.maxMessages', parse: number, about: 'messages kept for one topic', standard: MEMORY.maxMessages },
    { flags: '--memory-bytes <bytes>', sets: 'memory.maxBytes', parse: bytes, about: 'bytes kept for one topic', standard: shownBytes(MEMORY.maxBytes) },
  ],
};

export const brokerFlags: readonly FlagGroup[] = [anyBroker, remote, kafka, redis, memory];
