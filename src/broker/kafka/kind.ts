/** Kafka, as a kind of broker. */
import { BROKER, KAFKA } from '../../core/defaults/defaults.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { type BrokerAddress, type BrokerFlagValues, type BrokerKind, type CommandLineContext, type DoctorTopics, topicOf } from '../kind/index.js';
import { WIRES, kafka } from './kafka.js';
import { KAFKA_SCHEMA, type KafkaConfig } from './options.js';

/** Login mechanisms with a user and a password; the first is the default. */
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const DEFAULT_PORT = 9092;
const PASSWORD = 'RXCAM_KAFKA_PASSWORD';

export const kafkaKind = {
  title: 'Kafka',
  schemes: ['kafka'],
  form: 'kafka://[user:password@]host:port[,host:port]/topic',
  secrets: 'kafka',
  hosts: 'many',
  passwordVariable: PASSWORD,
  open: (address, options, context) => ({ broker: kafka(configOf(address, options, context)), topic: topicOf(address) }),
  configOf,
  // By the connections for writing, with their login and TLS.
  examine: async (config: KafkaConfig, topics: DoctorTopics) => {
    const options = KAFKA_SCHEMA.parse(config);
    const { examineKafka } = await import('./client/examine.js');
    return examineKafka(options, await WIRES[options.driver](), topics);
  },
  flags: [
    {
      flags: '--kafka-acks <n>', option: 'acks', takes: 'number', defaultText: KAFKA.acks,
      about: 'acknowledgements to wait for: -1 all in-sync replicas, 1 the leader',
    },
    {
      flags: '--kafka-driver <name>', option: 'driver', defaultText: KAFKA.driver,
      about: 'client library for writing: kafkajs, or platformatic (npm install @platformatic/kafka@1.34)',
    },
    {
      flags: '--kafka-client-id <id>', option: 'clientId', defaultText: KAFKA.clientId, reads: true,
      about: "client id in Kafka's logs and quotas",
    },
    {
      flags: '--ssl', option: 'ssl', reads: true,
      about: 'connect by TLS; for your own authorities, set NODE_EXTRA_CA_CERTS in the environment',
    },
    {
      flags: '--sasl-mechanism <name>', option: 'sasl.mechanism', takes: MECHANISMS, defaultText: MECHANISMS[0], reads: true,
      about: MECHANISMS.join(', '),
    },
    {
      flags: '--sasl-username <name>', option: 'sasl.username', reads: true,
      about: `user, if the broker's address has none; the password is in ${PASSWORD}`,
    },
    {
      flags: '--kafka-message-bytes <bytes>', option: 'maxMessageBytes', takes: 'bytes', defaultText: KAFKA.maxMessageBytes,
      about: 'largest message of a topic created by rxcam',
    },
    {
      flags: '--kafka-compression <name>', option: 'compression', defaultText: 'none',
      about: "none or gzip; encoded video can't be compressed further",
    },
    { flags: '--no-create-topics', option: 'createTopics', about: 'do not create missing topics' },
    {
      flags: '--kafka-partitions <n>', option: 'numPartitions', takes: 'number', defaultText: KAFKA.numPartitions,
      about: 'partitions of a topic created by rxcam',
    },
    {
      flags: '--kafka-replicas <n>', option: 'replicationFactor', takes: 'number', creates: true, defaultText: KAFKA.replicationFactor,
      about: 'replicas of a topic created by rxcam',
    },
  ],
  inAddress: ['brokers'],
  config: 'KafkaConfig',
  schema: KAFKA_SCHEMA,
  make: kafka,
  required: { brokers: ['localhost:9092'] },
  defaults: () => ({ ...KAFKA_SCHEMA.parse({ brokers: ['localhost:9092'] }), ...KAFKA, ...BROKER }),
} as const satisfies BrokerKind;

function configOf({ user, password, hosts }: BrokerAddress, options: BrokerFlagValues, { env, logger }: CommandLineContext): KafkaConfig {
  const { sasl: wanted = {}, ...others } = options as { sasl?: Record<string, string> };
  const sasl = { mechanism: MECHANISMS[0], username: user, password: password ?? env[PASSWORD], ...wanted };
  const hasLogin = sasl.username !== undefined || Object.keys(wanted).length > 0;
  if (hasLogin && (sasl.username === undefined || sasl.password === undefined)) {
    const missing = sasl.username === undefined ? 'a user' : 'a password';
    throw new InvalidOption(`kafka: a login without ${missing} given, expected both: `
      + `kafka://user:password@host, or --sasl-username and ${PASSWORD} in the environment`);
  }
  const brokers = hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:${DEFAULT_PORT}`));
  return { brokers, ...others, ...(hasLogin && { sasl }), logger } as KafkaConfig;
}
