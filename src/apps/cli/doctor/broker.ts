/** The doctor's checks of a broker: a message that is sent and read back, the topic, its size limit, the clock. */
import { catchError, endWith, firstValueFrom, ignoreElements, merge, mergeMap, of, race, take, throwError, timer } from 'rxjs';
import { encodeJpeg, publish, subscribe, toMessage } from '../../../../operators/index.js';
import type { Broker, ServerLimits } from '../../../broker/index.js';
import { camera } from '../../../camera/index.js';
import { type ClockDifference, clockDifference, mono, wall } from '../../../core/clock.js';
import { BrokerUnavailable } from '../../../core/errors/errors.js';
import type { Published } from '../../../core/frame/frame.js';
import { sizeText } from '../../../ledger/index.js';
import { errorLine } from '../program/index.js';
import { clockFinding } from './clock.js';
import { type Finding, failedFinding } from './finding.js';
import { type DoctorBroker, DOCTOR_TOPIC } from './doctor-target.js';

/** Time limit for each answer of the broker; ms. */
const ANSWER_MS = 15_000;
/** A size limit below this gets a line of advice; bytes. */
const SMALL_BYTES = 2_000_000;

/** The findings, in order. Without a connection, there is only the one about it. */
export async function brokerFindings({ target: { broker, topic }, examine }: DoctorBroker): Promise<Finding[]> {
  // Queried before the message is sent, which may create the doctor's topic.
  const examined = await examine(topic ?? DOCTOR_TOPIC)?.catch((error: unknown) => error as Error);
  const trip = await roundTrip(broker);
  if ('error' in trip) return [failedFinding('broker', trip.error)];
  const { ack, writtenMs, backMs, clock } = trip;
  const times = { writtenMs, ...(backMs !== undefined && { backMs }) };
  const back = backMs === undefined ? 'it was not read back' : `read back in ${backMs.toFixed(0)} ms`;
  return [
    { name: 'broker', state: backMs === undefined ? 'bad' : 'ok', found: `a message of ${sizeText(ack.bytes)} to ${DOCTOR_TOPIC} at ${broker.address} was acknowledged in ${writtenMs.toFixed(0)} ms, ${back}`,
      facts: times, ...(backMs === undefined && { advice: 'the login may write but not read; reading needs another right' }) },
    ...(topic === undefined ? [] : [await topicFinding(broker, topic)]),
    ...(examined === undefined ? [] : [limitFinding(examined, topic ?? DOCTOR_TOPIC, broker)]),
    ...(examined === undefined ? [] : [brokerClock(clock, broker)]),
  ];
}

type RoundTrip = { readonly error: unknown } | {
  readonly ack: Published; readonly writtenMs: number; readonly backMs: number | undefined; readonly clock: ClockDifference | undefined;
};

/** Sends one JPEG of the test pattern to the broker, and reads it back by its position. */
async function roundTrip(broker: Broker): Promise<RoundTrip> {
  const pattern = camera('test:?size=64x64&fps=25&duration=0.04', { pace: 'asap', key: DOCTOR_TOPIC });
  const published$ = pattern.pipe(encodeJpeg(), toMessage(), publish(broker, { topic: DOCTOR_TOPIC }), take(1));
  const refused$ = broker.errors$.pipe(take(1), mergeMap((error) => throwError(() => error)));
  const late$ = timer(ANSWER_MS).pipe(mergeMap(() => throwError(() => new BrokerUnavailable(`no acknowledgement within ${ANSWER_MS} ms`))));
  const result = await firstValueFrom(race(published$, merge(refused$, late$)).pipe(catchError((error: unknown) => of({ error }))));
  if ('error' in result) return result;
  const received = wall();
  const writtenMs = pattern.stats.write.last;
  const back = await readBack(broker, result);
  // A broker that keeps the time of the sender does not reveal its own clock.
  const isStamped = back !== undefined && (result.streamId !== undefined || back.timestamp !== back.capturedAt);
  const clock = isStamped ? clockDifference(back.timestamp, { sent: received - writtenMs, received }) : undefined;
  return { ack: result, writtenMs, backMs: back?.ms, clock };
}

interface ReadBack { readonly ms: number; readonly timestamp: number; readonly capturedAt: number | undefined }

async function readBack(broker: Broker, { offset, streamId }: Published): Promise<ReadBack | undefined> {
  const from = streamId === undefined ? { offset: offset ?? '0' } : streamId as `${number}-${number}`;
  const begin = mono();
  const back$ = subscribe(broker, { topic: DOCTOR_TOPIC, key: DOCTOR_TOPIC, from }).pipe(take(1));
  const found = await firstValueFrom(race(back$, timer(ANSWER_MS)).pipe(catchError(() => of(0))), { defaultValue: 0 });
  return typeof found === 'number' ? undefined : { ms: mono() - begin, timestamp: found.timestamp, capturedAt: found.capturedAt };
}

/** The finding about the user's topic, from reading it. Nothing is written to it, because consumers of video would receive that. */
async function topicFinding(broker: Broker, topic: string): Promise<Finding> {
  const name = 'broker topic';
  const messages = subscribe(broker, { topic, from: { last: 1 }, to: 'latest' });
  const refused$ = messages.errors$.pipe(take(1), mergeMap((error) => throwError(() => error)));
  const late$ = timer(ANSWER_MS).pipe(mergeMap(() => throwError(() => new BrokerUnavailable(`no answer about '${topic}' within ${ANSWER_MS} ms`))));
  const read$ = messages.pipe(ignoreElements(), endWith(undefined));
  const error = await firstValueFrom(race(read$, merge(refused$, late$)).pipe(catchError((one: unknown) => of(one))));
  if (error !== undefined) return { ...failedFinding(name, error), advice: `if '${topic}' does not exist yet, the first message creates it; or the login lacks the right to read it` };
  const { received } = messages.stats;
  return { name, state: 'ok', found: `'${topic}' ${received > 0 ? 'has messages' : 'has no messages, or does not exist'}`, facts: { topic, hasMessages: received > 0 } };
}

/** The setting that limits the size of a message, by kind of broker. */
const LIMIT_SETTINGS: Readonly<Record<string, string>> = { kafka: 'max.message.bytes of the topic', redis: 'proto-max-bulk-len' };

function limitFinding(examined: ServerLimits | Error, topic: string, { kind }: Broker): Finding {
  const name = 'broker size';
  if (examined instanceof Error) return { name, state: 'note', found: `the largest message is not known: ${errorLine(examined)}` };
  const { maxMessageBytes: bytes, isMissing = false } = examined;
  if (bytes === undefined) return { name, state: 'note', found: isMissing ? `there is no topic '${topic}', and --no-create-topics` : 'the broker does not state the largest message' };
  const found = `messages up to ${sizeText(bytes)}${isMissing ? `, in a topic that rxcam creates` : ''}`;
  return { name, state: 'ok', found, facts: { maxMessageBytes: bytes, ...(isMissing && { isMissing }) }, ...(bytes < SMALL_BYTES && { advice: `keyframes of large pictures may be larger: raise ${LIMIT_SETTINGS[kind] ?? 'its limit'}` }) };
}

function brokerClock(clock: ClockDifference | undefined, { kind }: Broker): Finding {
  if (clock !== undefined) return clockFinding('clock', clock, 'the broker', 'messages are searched for by their time');
  return {
    name: 'clock', state: 'note', found: `${kind} provides no time to compare with: the topic ${DOCTOR_TOPIC} keeps the times of senders`,
    advice: `delete ${DOCTOR_TOPIC}: the doctor creates it with the broker's times, if its login may`,
  };
}
