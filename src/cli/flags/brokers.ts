/** Flags of kafka(), redis() and memory(); those of every broker stand first. */
import { BROKER, KAFKA, MEMORY, OUTBOX, REDIS } from '../../defaults.js';
import { type FlagGroup, bytes, number, oneOf, shownBytes } from './flag.js';

/** How a login can be proven by user and password; the first is taken unless told. */
export const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

const anyBroker: FlagGroup = {
  heading: 'Any broker:',
  flags: [
    {
      flags: '--linger-ms <ms>', sets: 'broker.lingerMs', parse: number, standard: `${BROKER.lingerMs}; memory: ${MEMORY.lingerMs}`,
      about: 'how long a message waits for others to go in the same request, in ms',
    },
    {
      flags: '--broker-outbox-bytes <bytes>', sets: 'broker.outboxMaxBytes', parse: bytes, standard: shownBytes(OUTBOX.handleMaxBytes),
      about: 'bytes kept for all cameras together while the broker is down',
    },
  ],
};

const remote: FlagGroup = {
  heading: 'Kafka and Redis:',
  flags: [
    {
      flags: '--max-request-bytes <bytes>', sets: 'broker.maxRequestBytes', parse: bytes, standard: shownBytes(BROKER.maxRequestBytes),
      about: 'bytes of one request, at most',
    },
    {
      flags: '--request-timeout <ms>', sets: 'broker.requestTimeoutMs', parse: number, standard: BROKER.requestTimeoutMs,
      about: 'a request without an answer is sent again after so long, in ms',
    },
    {
      flags: '--broker-connect-timeout <ms>', sets: 'broker.connectTimeoutMs', parse: number, standard: BROKER.connectTimeoutMs,
      about: 'until the broker answers, in ms',
    },
    {
      flags: '--broker-retry-initial <ms>', sets: 'broker.retryInitialMs', parse: number, standard: BROKER.retryInitialMs,
      about: 'first wait after a failed request, in ms; doubles up to the longest',
    },
    {
      flags: '--broker-retry-max <ms>', sets: 'broker.retryMaxMs', parse: number, standard: BROKER.retryMaxMs,
      about: 'longest wait after failed requests, in ms',
    },
    {
      flags: '--broker-refresh-after <n>', sets: 'broker.refreshAfterFailures', parse: number, standard: BROKER.refreshAfterFailures,
      about: 'failures in a row after which the connection is made anew',
    },
  ],
};

const kafka: FlagGroup = {
  heading: 'Kafka:',
  flags: [
    {
      flags: '--kafka-acks <n>', sets: 'kafka.acks', parse: number, standard: KAFKA.acks,
      about: 'acknowledgements to wait for: -1 all in-sync replicas, 1 the leader',
    },
    {
      flags: '--kafka-driver <name>', sets: 'kafka.driver', standard: KAFKA.driver,
      about: 'client library that writes: kafkajs, or platformatic, which takes less CPU: npm install @platformatic/kafka@1.34',
    },
    {
      flags: '--kafka-client-id <id>', sets: 'kafka.clientId', standard: KAFKA.clientId,
      about: 'name by which Kafka knows the program',
    },
    {
      flags: '--ssl', sets: 'kafka.ssl',
      about: 'connect by TLS; NODE_EXTRA_CA_CERTS in the environment names authorities of your own',
    },
    {
      flags: '--sasl-mechanism <name>', sets: 'kafka.sasl.mechanism', parse: oneOf(MECHANISMS), standard: MECHANISMS[0],
      about: MECHANISMS.join(', '),
    },
    {
      flags: '--sasl-username <name>', sets: 'kafka.sasl.username',
      about: "user, where the broker's address names none; the password is in RXCAM_KAFKA_PASSWORD",
    },
    {
      flags: '--kafka-message-bytes <bytes>', sets: 'kafka.maxMessageBytes', parse: bytes, standard: shownBytes(KAFKA.maxMessageBytes),
      about: 'largest message that a topic made by rxcam takes',
    },
    {
      flags: '--kafka-compression <name>', sets: 'kafka.compression', standard: 'none',
      about: 'none or gzip: encoded video gets no smaller',
    },
    { flags: '--no-create-topics', sets: 'kafka.createTopics', about: 'make no topic that is not there' },
    {
      flags: '--kafka-partitions <n>', sets: 'kafka.numPartitions', parse: number, standard: KAFKA.numPartitions,
      about: 'partitions of a topic made by rxcam',
    },
    {
      flags: '--kafka-replicas <n>', sets: 'kafka.replicationFactor', parse: number, standard: KAFKA.replicationFactor,
      about: 'copies of a topic made by rxcam',
    },
  ],
};

const redis: FlagGroup = {
  heading: 'Redis:',
  flags: [
    {
      flags: '--redis-maxlen <n>', sets: 'redis.maxLen', parse: number, standard: REDIS.maxLen,
      about: 'entries kept for one stream, approximately',
    },
    {
      flags: '--redis-max-bytes <bytes>', sets: 'redis.maxStreamBytes', parse: bytes, standard: shownBytes(REDIS.maxStreamBytes),
      about: 'bytes kept for one stream, of what this program has written',
    },
    {
      flags: '--redis-message-bytes <bytes>', sets: 'redis.maxMessageBytes', parse: bytes, standard: shownBytes(REDIS.maxMessageBytes),
      about: "largest message that is sent; the server's proto-max-bulk-len is the limit",
    },
  ],
};

const memory: FlagGroup = {
  heading: 'The embedded broker:',
  flags: [
    {
      flags: '--memory-messages <n>', sets: 'memory.maxMessages', parse: number, standard: MEMORY.maxMessages,
      about: 'messages kept for one topic',
    },
    {
      flags: '--memory-bytes <bytes>', sets: 'memory.maxBytes', parse: bytes, standard: shownBytes(MEMORY.maxBytes),
      about: 'bytes kept for one topic',
    },
  ],
};

export const brokerFlags: readonly FlagGroup[] = [anyBroker, remote, kafka, redis, memory];
