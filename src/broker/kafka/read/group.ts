/**
 * Reads a Kafka topic as a member of a consumer group, by kafkajs. What kafkajs would repeat by itself is taken from it: a member
 * that was left out of its group, and came back silently at another place, begins again where the group's commits say.
 */
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { Observable } from 'rxjs';
import { isRxcamError } from '../../../core/errors/errors.js';
import { Received } from '../../../message/index.js';
import { type RetryOptions, retryOptions } from '../../retry-options.js';
import type { KafkaOptions } from '../options.js';
import { KafkaSockets } from '../client/index.js';
import { BufferHeaders, checkGroup } from '../../reading/index.js';
import { kafkajsOptions } from './kafkajs-options.js';
import type { KafkaReaderHooks } from './reader.js';
import { OutOffsets } from './out-offsets.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';

/** A heartbeat is sent so often while messages are out; ms. */
const BEAT_MS = 1_000;
/** A member that is not heard of for so long is left out of the group; ms. */
const SESSION_MS = 10_000;
/** A fetch waits so long for a message: leaving takes as long; ms. */
const MAX_WAIT_MS = 500;

export class KafkaGroupReader implements Reader {
  readonly again: RetryOptions;
  readonly #out = new Map<number, OutOffsets>();
  /** The group's first place must not be written over a later one. */
  #settling: Promise<void> | undefined;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks) {
    checkGroup(request);
    this.again = retryOptions(options);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const sockets = new KafkaSockets();
      const session: Session = { gate, isOver: () => subscriber.closed, emit: (piece) => { subscriber.next(piece); } };
      const fail = (error: unknown) => { subscriber.error(isRxcamError(error) ? error : this.hooks.failure(error)); };
      this.#out.clear();
      const consumer = this.#consume(session, sockets, fail);
      consumer.catch(fail);
      // In order, so that others take over at once; it is not waited for.
      return () => {
        consumer.then((one) => this.#leave(one)).catch(() => { /* It is gone either way. */ }).finally(() => { sockets.destroy(); });
      };
    });
  }

  taken({ partition = 0, offset = '0' }: Received): void {
    this.#out.get(partition)?.taken(Number(offset));
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

  /** Returns when each message is taken, or the partition is another member's. */
  async #batch(consumer: Consumer, session: Session, payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    await this.#settling;
    if (session.isOver()) return;
    const out = new OutOffsets(messages.map(({ offset }) => Number(offset)));
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

  /** Commits first: a consumer that is told to stop commits no more. */
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

/** A group that has no place yet gets one: a member that is lost before its first commit must not begin at the end. */
async function settle(
  admin: Admin, consumer: Consumer, { topic, group, from, partitions }: Joined,
): Promise<void> {
  await admin.connect();
  try {
    // In this order: the client knows no broker before it has looked the topic up.
    const ends = await admin.fetchTopicOffsets(topic);
    const [known] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const fresh = partitions.filter((one) => known?.partitions.find(({ partition }) => partition === one)?.offset === '-1');
    const placeOf = (one: number) => ends.find(({ partition }) => partition === one)?.[from === 'earliest' ? 'low' : 'high'] ?? '0';
    if (fresh.length > 0) await consumer.commitOffsets(fresh.map((partition) => ({ topic, partition, offset: placeOf(partition) })));
  } finally {
    await admin.disconnect();
  }
}

async function commit(consumer: Consumer, topic: string, partition: number, out: OutOffsets): Promise<void> {
  const { next } = out;
  if (next <= out.committed) return;
  await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
  out.committed = next;
}

function receivedOf(topic: string, partition: number, message: EachBatchPayload['batch']['messages'][number]): Received {
  const { key, value, headers, offset, timestamp } = message;
  return new Received({
    topic, partition, offset, key: key?.toString(), value: Buffer.from(value ?? Buffer.alloc(0)), timestamp: Number(timestamp),
    headers: new BufferHeaders(headers ?? {}),
  });
}
