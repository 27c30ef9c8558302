/**
 * Reads a Kafka topic as a member of a consumer group, with kafkajs, but without its own retries: a member that was removed from
 * its group reconnects and begins at the group's committed offsets, instead of silently continuing elsewhere.
 */
import type { Admin, Consumer, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';
import { Observable } from 'rxjs';
import { type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import { PlainHeaders, Received } from '../../../message/index.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { KafkaOptions } from '../options.js';
import { KafkaSockets } from '../client/index.js';
import { checkGroup } from '../../reading/index.js';
import { coordinatorFailure } from './coordinator-failure.js';
import { kafkajsOptions } from './kafkajs-options.js';
import type { KafkaReaderHooks } from './reader.js';
import { UnacknowledgedOffsets } from './unacknowledged-offsets.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';

/** Interval of heartbeats while messages are unacknowledged; ms. */
const BEAT_MS = 1_000;
/** Time without a heartbeat after which the group removes a member; ms. */
const SESSION_MS = 10_000;
/** Longest wait of a fetch for a message, and therefore of leaving; ms. */
const MAX_WAIT_MS = 500;

export class KafkaGroupReader implements Reader {
  readonly retry: RetryOptions;
  readonly #out = new Map<number, UnacknowledgedOffsets>();
  /** The commit of the initial offset, which must not overwrite a later one. */
  #settling: Promise<void> | undefined;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks) {
    checkGroup(request);
    this.retry = retryOptions(options);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const sockets = new KafkaSockets();
      const session: Session = { gate, isOver: () => subscriber.closed, emit: (piece) => { subscriber.next(piece); } };
      const fail = (error: unknown) => { void this.#failure(error).then((failure) => { subscriber.error(failure); }); };
      this.#out.clear();
      const consumer = this.#consume(session, sockets, fail);
      consumer.catch(fail);
      // A clean departure lets other members take over at once; nothing waits for it.
      return () => {
        consumer.then((one) => this.#leave(one)).catch(() => { /* It is gone either way. */ }).finally(() => { sockets.destroy(); });
      };
    });
  }

  async #failure(error: unknown): Promise<RxcamError> {
    if (isRxcamError(error)) return error;
    const { topic, group = '' } = this.request;
    return this.hooks.failure(await coordinatorFailure(error, group, this.options, this.hooks), topic);
  }

  acknowledged({ partition = 0, offset = '0' }: Received): void {
    this.#out.get(partition)?.acknowledged(Number(offset));
  }

  async #consume(session: Session, sockets: KafkaSockets, fail: (error: unknown) => void): Promise<Consumer> {
    const { topic, from, group = '' } = this.request;
    const client = await this.#client(sockets);
    const consumer = client.consumer({
      groupId: group, allowAutoTopicCreation: false, maxWaitTimeInMs: MAX_WAIT_MS, sessionTimeout: SESSION_MS, heartbeatInterval: 2 * BEAT_MS,
      retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => { fail(error); });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      session.emit([]);
      this.#settling = settle(client.admin({ retry: { retries: 0 } }), consumer, { topic, group, from, partitions: memberAssignment[topic] ?? [] });
      this.#settling.catch(fail);
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: from === 'earliest' });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => this.#batch(consumer, session, payload) });
    return consumer;
  }

  /** Resolves when each message is acknowledged, or the partition belongs to another member. */
  async #batch(consumer: Consumer, session: Session, payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    await this.#settling;
    if (session.isOver()) return;
    const out = new UnacknowledgedOffsets(messages.map(({ offset }) => Number(offset)));
    this.#out.set(partition, out);
    session.emit(messages.map((message) => receivedOf(topic, partition, message)));
    const goesOn = () => payload.isRunning() && !payload.isStale() && !session.isOver();
    while (goesOn() && !out.isDone) {
      await out.changes(BEAT_MS);
      if (!goesOn()) break;
      await payload.heartbeat();
      await commit(consumer, topic, partition, out);
    }
    if (!session.isOver()) await commit(consumer, topic, partition, out);
    if (out.next > 0) payload.resolveOffset(String(out.next - 1));
  }

  /** Commits first, because a stopping consumer does not. */
  async #leave(consumer: Consumer): Promise<void> {
    const commits = [...this.#out].map(([partition, out]) => commit(consumer, this.request.topic, partition, out));
    await Promise.allSettled(commits);
    for (const out of this.#out.values()) out.wake();
    await consumer.disconnect();
  }

  async #client(sockets: KafkaSockets): Promise<Kafka> {
    const { Kafka: Client, logLevel } = await import('kafkajs');
    return new Client({
      ...kafkajsOptions(this.options, () => this.hooks.brokers(), sockets.factory),
      logLevel: logLevel.INFO, logCreator: () => ({ level, log }) => { this.hooks.log(level, log); },
    });
  }
}

interface Session { readonly gate: Gate; isOver(): boolean; emit(piece: Piece): void }

interface Joined { readonly topic: string; readonly group: string; readonly from: unknown; readonly partitions: readonly number[] }

/** Commits the initial offset of a new group, so that after a crash before the first commit no message is skipped. */
async function settle(
  admin: Admin, consumer: Consumer, { topic, group, from, partitions }: Joined,
): Promise<void> {
  await admin.connect();
  try {
    // In this order: the client has no broker before it has loaded the topic's metadata.
    const ends = await admin.fetchTopicOffsets(topic);
    const [known] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const fresh = partitions.filter((one) => known?.partitions.find(({ partition }) => partition === one)?.offset === '-1');
    const placeOf = (one: number) => ends.find(({ partition }) => partition === one)?.[from === 'earliest' ? 'low' : 'high'] ?? '0';
    if (fresh.length > 0) await consumer.commitOffsets(fresh.map((partition) => ({ topic, partition, offset: placeOf(partition) })));
  } finally {
    await admin.disconnect();
  }
}

async function commit(consumer: Consumer, topic: string, partition: number, out: UnacknowledgedOffsets): Promise<void> {
  const { next } = out;
  if (next <= out.committed) return;
  await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
  out.committed = next;
}

function receivedOf(topic: string, partition: number, message: EachBatchPayload['batch']['messages'][number]): Received {
  const { key, value, headers, offset, timestamp } = message;
  return new Received({
    topic, partition, offset, key: key?.toString(), value: Buffer.from(value ?? Buffer.alloc(0)), timestamp: Number(timestamp),
    headers: headersOf(headers ?? {}),
  });
}

/** Copies the headers to text: a view would keep the whole answer in memory. */
function headersOf(headers: IHeaders): PlainHeaders {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)] as const);
  return new PlainHeaders(Object.fromEntries(texts));
}
