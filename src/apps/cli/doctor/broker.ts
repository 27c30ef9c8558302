/** The doctor's checks of a broker: a message there and back, the topic, its size limit, the clock. */
import { catchError, endWith, firstValueFrom, ignoreElements, merge, mergeMap, of, race, take, throwError, timer } from 'rxjs';
import { encodeJpeg, publish, subscribe, toMessage } from '../../../../operators/index.js';
import { type Broker, type BrokerAddress, type BrokerTarget, brokerAt } from '../../../broker/index.js';
import { camera } from '../../../camera/index.js';
import { mono, wall } from '../../../core/clock.js';
import { BrokerUnavailable } from '../../../core/errors/errors.js';
import type { Published } from '../../../core/frame/frame.js';
import { sizeText } from '../../../ledger/index.js';
import { oneLine } from '../program/index.js';
import { type Finding, failed } from './finding.js';

/** The topic of the doctor's own message: consumers of video must not get it. */
export const DOCTOR_TOPIC = 'rxcam-doctor';
const ANSWER_MS = 15_000;
/** A difference of clocks that shifts what is searched for by time. */
const CLOCK_MS = 1_000;

/** In order; what depends on a connection is left out without one. */
export async function brokerFindings({ broker, topic }: BrokerTarget, address: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const round = await roundTrip(broker);
  if ('error' in round) return [failed('broker', round.error)];
  const { ack, writtenMs, backMs, clockMs } = round;
  const times = { writtenMs, ...(backMs !== undefined && { backMs }) };
  const back = backMs === undefined ? 'it was not read back' : `read back in ${backMs.toFixed(0)} ms`;
  return [
    { name: 'broker', state: backMs === undefined ? 'bad' : 'ok', found: `a message of ${sizeText(ack.bytes)} to ${DOCTOR_TOPIC} at ${broker.address} was acknowledged in ${writtenMs.toFixed(0)} ms, ${back}`,
      facts: times, ...(backMs === undefined && { advice: 'the login may write but not read; reading needs another right' }) },
    ...(topic === undefined ? [] : [await topicFinding(broker, topic)]),
    await limitFinding(address, topic ?? DOCTOR_TOPIC, env),
    clockFinding(clockMs, broker),
  ];
}

type Round = { readonly error: unknown } | {
  readonly ack: Published; readonly writtenMs: number; readonly backMs: number | undefined; readonly clockMs: number | undefined;
};

/** One JPEG of the test pattern: to the broker, and by its place back from it. */
async function roundTrip(broker: Broker): Promise<Round> {
  const gate = camera('test:?size=64x64&fps=25&duration=0.04', { pace: 'asap', key: DOCTOR_TOPIC });
  const published$ = gate.pipe(encodeJpeg(), toMessage(), publish(broker, { topic: DOCTOR_TOPIC }), take(1));
  const refused$ = broker.errors$.pipe(take(1), mergeMap((error) => throwError(() => error)));
  const late$ = timer(ANSWER_MS).pipe(mergeMap(() => throwError(() => new BrokerUnavailable(`no acknowledgement within ${ANSWER_MS} ms`))));
  const result = await firstValueFrom(race(published$, merge(refused$, late$)).pipe(catchError((error: unknown) => of({ error }))));
  if ('error' in result) return result;
  const at = wall();
  const { streamId } = result;
  const backMs = await readBack(broker, result);
  const serverMs = streamId === undefined ? undefined : Number(streamId.split('-')[0]);
  return { ack: result, writtenMs: gate.stats.write.last, backMs, clockMs: serverMs === undefined ? undefined : serverMs - at };
}

async function readBack(broker: Broker, { offset, streamId }: Published): Promise<number | undefined> {
  const from = streamId === undefined ? { offset: offset ?? '0' } : streamId as `${number}-${number}`;
  const begin = mono();
  const back$ = subscribe(broker, { topic: DOCTOR_TOPIC, key: DOCTOR_TOPIC, from }).pipe(take(1));
  const found = await firstValueFrom(race(back$, timer(ANSWER_MS)).pipe(catchError(() => of(0))), { defaultValue: 0 });
  return typeof found === 'number' ? undefined : mono() - begin;
}

/** Nothing is written to it: consumers of video would get it. */
async function topicFinding(broker: Broker, topic: string): Promise<Finding> {
  const name = 'broker topic';
  const messages = subscribe(broker, { topic, from: { last: 1 }, to: 'latest' });
  const refused$ = messages.errors$.pipe(take(1), mergeMap((error) => throwError(() => error)));
  const late$ = timer(ANSWER_MS).pipe(mergeMap(() => throwError(() => new BrokerUnavailable(`no answer about '${topic}' within ${ANSWER_MS} ms`))));
  const read$ = messages.pipe(ignoreElements(), endWith(undefined));
  const error = await firstValueFrom(race(read$, merge(refused$, late$)).pipe(catchError((one: unknown) => of(one))));
  if (error !== undefined) return { ...failed(name, error), advice: `if '${topic}' is not there yet, the first message makes it; a login may lack the right to read it` };
  const { received } = messages.stats;
  return { name, state: 'ok', found: `'${topic}' ${received > 0 ? 'has messages' : 'has no message yet, or is not there'}`, facts: { topic, hasMessages: received > 0 } };
}

async function limitFinding(address: string, topic: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const name = 'broker size';
  try {
    const bytes = await limitOf(address, topic, env);
    return bytes === undefined
      ? { name, state: 'note', found: 'the largest message is not known here' }
      : { name, state: 'ok', found: `messages up to ${sizeText(bytes)}`, facts: { maxMessageBytes: bytes }, ...(bytes < 2_000_000 && { advice: 'keyframes of large pictures may be larger: raise max.message.bytes of the topic' }) };
  } catch (error) {
    return { name, state: 'note', found: `the largest message is not known: ${oneLine(error)}` };
  }
}

/** Asked for by the clients themselves: writing needs no such request. */
async function limitOf(text: string, topic: string, env: NodeJS.ProcessEnv): Promise<number | undefined> {
  const { name, address } = brokerAt(text, 'doctor');
  if (name === 'redis') return redisLimit(address, env);
  return name === 'kafka' ? kafkaLimit(address, topic, env) : undefined;
}

async function redisLimit({ scheme, user, password, hosts }: BrokerAddress, env: NodeJS.ProcessEnv): Promise<number> {
  const { Redis } = await import('ioredis');
  const [host = '', port = '6379'] = (hosts[0] ?? '').split(/:(?=\d+$)/);
  const secret = password ?? env['RXCAM_REDIS_PASSWORD'];
  const client = new Redis({
    host: host.replace(/^\[|\]$/g, ''), port: Number(port), lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null, connectTimeout: 5_000,
    ...(user !== undefined && user !== '' && { username: user }), ...(secret !== undefined && { password: secret }), ...(scheme === 'rediss://' && { tls: {} }),
  });
  client.on('error', () => { /* The request says it. */ });
  try {
    const answer = await client.config('GET', 'proto-max-bulk-len') as readonly string[];
    return Number(answer[1]);
  } finally {
    client.disconnect();
  }
}

async function kafkaLimit({ user, password, hosts }: BrokerAddress, topic: string, env: NodeJS.ProcessEnv): Promise<number | undefined> {
  const { default: { ConfigResourceTypes, Kafka, logLevel } } = await import('kafkajs');
  const secret = password ?? env['RXCAM_KAFKA_PASSWORD'];
  const sasl = user === undefined || secret === undefined ? {} : { sasl: { mechanism: 'plain' as const, username: user, password: secret } };
  const brokers = hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:9092`));
  const admin = new Kafka({ brokers, ...sasl, logLevel: logLevel.NOTHING, retry: { retries: 1 } }).admin();
  await admin.connect();
  try {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const value = resources[0]?.configEntries[0]?.configValue;
    return value === undefined ? undefined : Number(value);
  } finally {
    await admin.disconnect();
  }
}

function clockFinding(clockMs: number | undefined, { kind }: Broker): Finding {
  const name = 'clock';
  if (clockMs === undefined) return { name, state: 'note', found: `${kind} says no time to compare with; see that NTP runs here and on the broker` };
  const isOff = Math.abs(clockMs) > CLOCK_MS;
  const found = `the broker's is ${Math.abs(clockMs).toFixed(0)} ms ${clockMs < 0 ? 'behind' : 'ahead of'} this one`;
  return { name, state: isOff ? 'bad' : 'ok', found, facts: { clockMs }, ...(isOff && { advice: 'set both clocks by NTP (timedatectl status): messages are searched for by their time' }) };
}
