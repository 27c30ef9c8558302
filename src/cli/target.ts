/** Where messages go: the broker's address, read and opened. */
import type { Logger } from 'pino';
import { type Broker, type KafkaConfig, kafka, memory, redis } from '../broker/index.js';
import { InvalidOption } from '../errors.js';
import { redactRefused, splitCredentials } from '../redact.js';
import { MECHANISMS } from './flags/index.js';
import { PASSWORDS } from './secrets.js';
import type { Settings } from './settings.js';

/** An open broker, and the topic that its address names. */
export interface Target {
  readonly broker: Broker;
  readonly topic: string | undefined;
}

/** An address in its parts, decoded. */
export interface Address {
  readonly kind: 'memory' | 'kafka' | 'redis';
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** `host:port`, as they were written. */
  readonly hosts: readonly string[];
  /** Parts of the path. */
  readonly path: readonly string[];
}

const KAFKA_PORT = 9092;
const ALLOWED = 'memory:, kafka://[user:password@]host:port[,host:port]/topic, or redis[s]://[user:password@]host:port[/stream]';
/** A host name, an IPv4 address, or an IPv6 address in brackets; a port perhaps. */
const HOST = /^(\[[0-9a-f:.%]+\]|[\w.-]+)(:\d{1,5})?$/i;

/**
 * Opens the broker that `--to` names; nothing connects before the first message.
 * @throws InvalidOption for an address that is none, and for flags of another kind of broker
 */
export function openTarget(settings: Settings, env: NodeJS.ProcessEnv, logger: Logger): Target {
  const address = readAddress(settings.program.to);
  refuseOthers(address.kind, settings);
  switch (address.kind) {
    case 'kafka': return { broker: openKafka(address, settings, env, logger), topic: topicOf(address, 0) };
    case 'redis': return openRedis(address, settings, env, logger);
    default: return { broker: memory({ ...settings.broker, ...settings.memory }), topic: topicOf(address, 0) };
  }
}

/**
 * @param option - what the address was given for
 * @throws InvalidOption
 */
export function readAddress(to: string, option = "stream: option 'to'"): Address {
  const bare = /^memory:(?:\/\/)?(.*)$/i.exec(to);
  const noLogin = { user: undefined, password: undefined };
  if (bare !== null) return { kind: 'memory', scheme: 'memory:', ...noLogin, hosts: [], path: pathOf(bare[1] ?? '') };
  const { scheme, user, password, rest, isAmbiguous } = splitCredentials(to);
  const kind = /^(kafka|rediss?):\/\/$/i.exec(scheme)?.[1]?.toLowerCase();
  const [authority = '', ...path] = rest.split('/');
  const hosts = authority.split(',');
  if (isAmbiguous === true || kind === undefined || !hosts.every((host) => HOST.test(host)) || /[?#]/.test(rest)) throw wrong(to, option);
  if (kind !== 'kafka' && hosts.length > 1) throw wrong(to, option);
  return {
    kind: kind === 'kafka' ? 'kafka' : 'redis', scheme: `${kind}://`,
    user: decoded(user), password: decoded(password), hosts, path: pathOf(path.join('/')),
  };
}

function openKafka(address: Address, settings: Settings, env: NodeJS.ProcessEnv, logger: Logger): Broker {
  const { user, password, hosts } = address;
  const { sasl: wanted = {}, ...others } = settings.kafka as { sasl?: Record<string, string> };
  const sasl = { mechanism: MECHANISMS[0], username: user, password: password ?? env[PASSWORDS.kafka], ...wanted };
  const hasLogin = sasl.username !== undefined || Object.keys(wanted).length > 0;
  if (hasLogin && (sasl.username === undefined || sasl.password === undefined)) {
    const missing = sasl.username === undefined ? 'a user' : 'a password';
    throw new InvalidOption(`kafka: a login without ${missing} given, expected both: ` +
      `kafka://user:password@host, or --sasl-username and ${PASSWORDS.kafka} in the environment`);
  }
  return kafka({
    brokers: hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:${KAFKA_PORT}`)),
    ...settings.broker, ...others, ...(hasLogin && { sasl }), logger,
  } as KafkaConfig);
}

/** A path that starts with a number names a database, as addresses of Redis do. */
function openRedis(address: Address, settings: Settings, env: NodeJS.ProcessEnv, logger: Logger): Target {
  const { scheme, user, password, hosts, path } = address;
  const database = /^\d+$/.test(path[0] ?? '') ? path[0] : undefined;
  const secret = password ?? env[PASSWORDS.redis];
  const login = secret === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(secret)}@`;
  const url = `${scheme}${login}${hosts[0] ?? ''}${database === undefined ? '' : `/${database}`}`;
  const broker = redis({ url, ...settings.broker, ...settings.redis, logger });
  return { broker, topic: topicOf({ path }, database === undefined ? 0 : 1) };
}

function topicOf({ path }: Pick<Address, 'path'>, from: number): string | undefined {
  return path.length > from ? path.slice(from).join('/') : undefined;
}

function pathOf(text: string): string[] {
  return text.split('/').filter((part) => part !== '').map((part) => decoded(part) ?? part);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wrong(to: string, option: string): InvalidOption {
  return new InvalidOption(`${option}: '${redactRefused(to)}' given, expected ${ALLOWED}`);
}

function refuseOthers(kind: Address['kind'], settings: Settings): void {
  for (const other of ['kafka', 'redis', 'memory'] as const) {
    const [option] = Object.keys(settings[other]);
    if (other !== kind && option !== undefined) {
      throw new InvalidOption(`${other}: option '${option}' given for a broker of another kind, expected --to ${other}:`);
    }
  }
}
