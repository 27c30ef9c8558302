/**
 * Reads a Kafka topic as a member of a consumer group, with kafkajs, but without kafkajs's retries: a member that was removed from
 * its group reconnects and begins at the group's committed offsets, instead of continuing elsewhere without a report.
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
const HEARTBEAT_MS = 1_000;
/** Time without a heartbeat after which the group removes a member; ms. */
const SESSION_MS = 10_000;
/** Longest wait of a fetch for a message, and therefore of leaving; ms. */
const MAX_WAIT_MS = 500;

export class KafkaGroupReader implements Reader {
  readonly retry: RetryOptions;
  /** Offsets of the messages that are emitted and not acknowledged, by partition. */
  readonly #unacknowledged = new Map<number, UnacknowledgedOffsets>();
  /** The commit of the initial offsets. Messages are emitted after it, so that it does not overwrite a later commit. */
  #initialCommit: Promise<void> | undefined;

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
      this.#unacknowledged.clear();
      const consumer = this.#consume(session, sockets, fail);
      consumer.catch(fail);
      // After a clean departure, other members take the partitions over at once. It continues after the unsubscription.
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
    this.#unacknowledged.get(partition)?.acknowledged(Number(offset));
  }

  async #consume(session: Session, sockets: KafkaSockets, fail: (error: unknown) => void): Promise<Consumer> {
    const { topic, from, group = '' } = this.request;
    const client = await this.#client(sockets);
    const consumer = client.consumer({
      groupId: group, allowAutoTopicCreation: false, maxWaitTimeInMs: MAX_WAIT_MS, sessionTimeout: SESSION_MS, heartbeatInterval: 2 * HEARTBEAT_MS,
      retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => { fail(error); });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      session.emit([]);
      const joined: Joined = { topic, group, from, partitions: memberAssignment[topic] ?? [] };
      this.#initialCommit = commitInitialOffsets(client.admin({ retry: { retries: 0 } }), consumer, joined);
      this.#initialCommit.catch(fail);
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: from === 'earliest' });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => this.#batch(consumer, session, payload) });
    return consumer;
  }

  /** Emits a batch. Resolves when each of its messages is acknowledged, or the partition belongs to another member. */
  async #batch(consumer: Consumer, session: Session, payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    await this.#initialCommit;
    if (session.isOver()) return;
    const unacknowledged = new UnacknowledgedOffsets(messages.map(({ offset }) => Number(offset)));
    this.#unacknowledged.set(partition, unacknowledged);
    session.emit(messages.map((message) => receivedOf(topic, partition, message)));
    const mayContinue = () => payload.isRunning() && !payload.isStale() && !session.isOver();
    while (mayContinue() && !unacknowledged.isDone) {
      await unacknowledged.waitForAll(HEARTBEAT_MS);
      if (!mayContinue()) break;
      await payload.heartbeat();
      await commit(consumer, topic, partition, unacknowledged);
    }
    if (!session.isOver()) await commit(consumer, topic, partition, unacknowledged);
    if (unacknowledged.next > 0) payload.resolveOffset(String(unacknowledged.next - 1));
  }

  /** Leaves the group. Commits first, because a consumer that stops does not. */
  async #leave(consumer: Consumer): Promise<void> {
    const commits = [...this.#unacknowledged].map(([partition, offsets]) => commit(consumer, this.request.topic, partition, offsets));
    await Promise.allSettled(commits);
    for (const offsets of this.#unacknowledged.values()) offsets.wake();
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

/** Commits the initial offsets of a new group, so that no message is skipped after a crash before the first commit. */
async function commitInitialOffsets(
  admin: Admin, consumer: Consumer, { topic, group, from, partitions }: Joined,
): Promise<void> {
  await admin.connect();
  try {
    // First the topic's offsets: the client has no broker before it has loaded the topic's metadata.
    const ends = await admin.fetchTopicOffsets(topic);
    const [known] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const uncommitted = partitions.filter((one) => known?.partitions.find(({ partition }) => partition === one)?.offset === '-1');
    const offsetOf = (one: number) => ends.find(({ partition }) => partition === one)?.[from === 'earliest' ? 'low' : 'high'] ?? '0';
    if (uncommitted.length > 0) await consumer.commitOffsets(uncommitted.map((partition) => ({ topic, partition, offset: offsetOf(partition) })));
  } finally {
    await admin.disconnect();
  }
}

/** Commits the offset up to which all messages are acknowledged, if it has changed. */
async function commit(consumer: Consumer, topic: string, partition: number, unacknowledged: UnacknowledgedOffsets): Promise<void> {
  const { next } = unacknowledged;
  if (next <= unacknowledged.committed) return;
  await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
  unacknowledged.committed = next;
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
