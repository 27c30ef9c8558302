/** Redis Streams, as a kind of broker. */
import { BROKER, REDIS } from '../../core/defaults/defaults.js';
import { type BrokerAddress, type BrokerFlagValues, type BrokerKind, type CommandLineContext, topicOf } from '../kind/index.js';
import { redis } from './redis.js';
import { examineRedis } from './client.js';
import { REDIS_SCHEMA, type RedisConfig } from './options.js';

const PASSWORD = 'RXCAM_REDIS_PASSWORD';

export const redisKind = {
  title: 'Redis',
  schemes: ['redis', 'rediss'],
  form: 'redis[s]://[user:password@]host:port[/stream]',
  secrets: 'redis',
  hosts: 'one',
  passwordVariable: PASSWORD,
  open: (address, options, context) => ({
    broker: redis(configOf(address, options, context)), topic: topicOf(address, databaseOf(address) === undefined ? 0 : 1),
  }),
  configOf,
  examine: (config: RedisConfig) => examineRedis(REDIS_SCHEMA.parse(config)),
  flags: [
    {
      flags: '--redis-maxlen <n>', option: 'maxLen', takes: 'number', defaultText: REDIS.maxLen,
      about: 'entries kept for one stream, approximately',
    },
    {
      flags: '--redis-max-bytes <bytes>', option: 'maxStreamBytes', takes: 'bytes', defaultText: REDIS.maxStreamBytes,
      about: 'bytes kept for one stream, counting those that this program wrote',
    },
    {
      flags: '--redis-message-bytes <bytes>', option: 'maxMessageBytes', takes: 'bytes', defaultText: REDIS.maxMessageBytes,
      about: "largest message that is sent; the server's proto-max-bulk-len is the limit",
    },
  ],
  inAddress: ['url', 'host', 'port', 'db', 'username', 'password', 'tls'],
  config: 'RedisConfig',
  schema: REDIS_SCHEMA,
  make: redis,
  required: {},
  defaults: () => ({ ...REDIS_SCHEMA.parse({}), ...REDIS, ...BROKER, host: 'localhost', port: 6379, db: 0, tls: false }),
} as const satisfies BrokerKind;

/** A number at the start of the path is a database, as is usual in addresses of Redis. */
function databaseOf({ path: [first] }: BrokerAddress): string | undefined {
  return /^\d+$/.test(first ?? '') ? first : undefined;
}

function configOf(address: BrokerAddress, options: BrokerFlagValues, { env, logger }: CommandLineContext): RedisConfig {
  const { scheme, user, password, hosts } = address;
  const database = databaseOf(address);
  const secret = password ?? env[PASSWORD];
  const login = secret === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(secret)}@`;
  return { url: `${scheme}${login}${hosts[0] ?? ''}${database === undefined ? '' : `/${database}`}`, ...options, logger };
}
