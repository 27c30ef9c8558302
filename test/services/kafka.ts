/** A real Kafka: one process that is broker and controller (KRaft), and further brokers that join it. */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaLibs } from './cache.mjs';
import { freePort } from './ports.js';
import { run, startProgram } from './process.js';
import { restartable, type Restartable, temporaryFolder } from './restartable.js';

/** For a broker that is small and starts fast: it needs 360 MB and three seconds. */
const JAVA_OPTIONS = [
  '-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.log.kafka.server=info',
];
const CLUSTER_ID = 'rxcamTestClusterAAAAAA';
const FORMATTED = `${kafkaLibs}-formatted`;

/** The values of `kafka({ driver })`: each has the same tests. */
export const KAFKA_DRIVERS = ['kafkajs', 'platformatic'] as const;

/** SASL mechanisms, with the names of kafkajs. */
type Mechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';

export interface KafkaOptions {
  port?: number;
  /** The advertised port, if it differs from the one on which it listens, such as that of a proxy. */
  advertisedPort?: number;
  /** A second port on which it listens. Clients of it get the advertised port, such as that of a proxy. */
  second?: { port: number; advertisedPort: number };
  /** Clients must log in; with SASL/PLAIN by default. */
  sasl?: { username: string; password: string; mechanism?: Mechanism };
  /** Clients must connect by TLS: a PEM file with the certificate and its key. */
  tls?: { pemFile: string };
  /** Further settings of the broker, e.g. `{ 'message.max.bytes': '100000' }`. */
  properties?: Record<string, string>;
  /** The cluster that it joins as a further broker. Default: a new cluster. */
  joins?: KafkaServer;
}

export interface KafkaServer extends Restartable {
  readonly host: string;
  readonly port: number;
  /** `host:port`, as Kafka clients expect it. */
  readonly address: string;
  /** `kafka://host:port`. */
  readonly url: string;
  readonly nodeId: number;
  /** The port of its controller. */
  readonly controllerPort: number;
}

const nodes = new Map<number, number>();

/** Starts a Kafka. Topics are created only on request. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  if (!existsSync(kafkaLibs)) throw new Error('Kafka is not installed; download it with: node test/services/prepare.mjs');
  const host = '127.0.0.1';
  const port = options.port ?? await freePort();
  const controllerPort = options.joins?.controllerPort ?? await freePort();
  const nodeId = (nodes.get(controllerPort) ?? 0) + 1;
  nodes.set(controllerPort, nodeId);
  const data = temporaryFolder('kafka');
  const file = join(data, 'server.properties');
  writeFileSync(file, propertiesText(serverProperties({ ...options, port, controllerPort, nodeId, data })));
  await format(join(data, 'log'), file, nodeId, options.sasl);
  const server = await restartable(
    () => startProgram({
      name: 'Kafka', command: 'java', args: [...JAVA_OPTIONS, '-cp', join(kafkaLibs, '*'), 'kafka.Kafka', file],
      ready: /Kafka Server started/,
    }),
    data,
  );
  const address = `${host}:${options.advertisedPort ?? port}`;
  return Object.assign(server, { host, port, address, url: `kafka://${address}`, nodeId, controllerPort });
}

type Login = NonNullable<KafkaOptions['sasl']>;

interface Node extends KafkaOptions { port: number; controllerPort: number; nodeId: number; data: string }

function serverProperties(node: Node): Record<string, string> {
  const isController = node.joins === undefined;
  const protocol = `${node.sasl === undefined ? '' : 'SASL_'}${node.tls === undefined ? 'PLAINTEXT' : 'SSL'}`;
  const { second } = node;
  const broker = `CLIENTS://127.0.0.1:${node.port}${second === undefined ? '' : `,SECOND://127.0.0.1:${second.port}`}`;
  return {
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': String(node.nodeId),
    'controller.quorum.voters': `1@127.0.0.1:${node.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listeners': isController ? `${broker},CONTROLLER://127.0.0.1:${node.controllerPort}` : broker,
    'advertised.listeners': `CLIENTS://127.0.0.1:${node.advertisedPort ?? node.port}${second === undefined ? '' : `,SECOND://127.0.0.1:${second.advertisedPort}`}`,
    'inter.broker.listener.name': 'CLIENTS',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,CLIENTS:${protocol},SECOND:${protocol}`,
    'log.dirs': join(node.data, 'log'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // After a kill, the controller accepts the broker again only when its old session has ended.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '2000',
    'controlled.shutdown.enable': String(!isController),
    ...(node.sasl && saslProperties(node.sasl)),
    // Its own connections use no host name that a certificate could be issued for.
    ...(node.tls && { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': node.tls.pemFile, 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': node.tls.pemFile, 'ssl.endpoint.identification.algorithm': '' }),
    ...node.properties,
  };
}

function saslProperties({ username, password, mechanism = 'plain' }: Login): Record<string, string> {
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const own = 'username="broker" password="broker"';
  const scram = `scram.ScramLoginModule required ${own}`;
  const login: Readonly<Record<Mechanism, string>> = {
    'plain': `plain.PlainLoginModule required ${own} user_broker="broker" user_${username}=${quote(password)}`,
    'scram-sha-256': scram, 'scram-sha-512': scram,
    // Tokens without a signature: those of `unsignedToken`.
    'oauthbearer': 'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker"',
  };
  return {
    'sasl.enabled.mechanisms': mechanism.toUpperCase(),
    'sasl.mechanism.inter.broker.protocol': mechanism.toUpperCase(),
    [`listener.name.clients.${mechanism}.sasl.jaas.config`]: `org.apache.kafka.common.security.${login[mechanism]};`,
  };
}

function propertiesText(properties: Record<string, string>): string {
  return Object.entries(properties).map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`).join('');
}

/** Formats the storage. StorageTool takes a second, so it runs once: nodes differ only in meta.properties. With SCRAM it runs each time. */
async function format(folder: string, properties: string, nodeId: number, login: Login | undefined): Promise<void> {
  const { mechanism = 'plain', username, password } = login ?? {};
  if (mechanism.startsWith('scram')) {
    await storageTool(properties, '--add-scram', `${mechanism.toUpperCase()}=[name=${username ?? ''},password=${password ?? ''}]`);
    return;
  }
  if (!existsSync(FORMATTED)) await formatOnce(folder, properties);
  mkdirSync(folder, { recursive: true });
  cpSync(FORMATTED, folder, { recursive: true });
  const directoryId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  writeFileSync(join(folder, 'meta.properties'), propertiesText({
    'version': '1', 'cluster.id': CLUSTER_ID, 'node.id': String(nodeId), 'directory.id': directoryId,
  }));
}

async function storageTool(properties: string, ...more: string[]): Promise<void> {
  await run('java', ['-cp', join(kafkaLibs, '*'), 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...more]);
}

async function formatOnce(folder: string, properties: string): Promise<void> {
  await storageTool(properties);
  const beside = `${FORMATTED}-${process.pid}`;
  cpSync(folder, beside, { recursive: true });
  try {
    renameSync(beside, FORMATTED);
  } catch (error) {
    if (!existsSync(FORMATTED)) throw error;
  }
}

/** A token for `oauthbearer`, as Kafka accepts it in tests: an unsigned JWT. */
export function unsignedToken(subject: string): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 600 })}.`;
}
