/** Reads a Kafka topic without a consumer group, which leaves no state on the broker. */
import { Observable, firstValueFrom } from 'rxjs';
import { InvalidOption, type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { KafkaOptions } from '../options.js';
import { type ClusterHooks, FetchCluster } from './cluster.js';
import { KafkaPlaces } from './places.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { refuseIds } from '../../reading/index.js';

/** Functions of the driver for its readers. */
export interface KafkaReaderHooks extends ClusterHooks {
  failure(error: unknown): RxcamError;
}

/** Longest wait of a fetch for a message; ms. */
const MAX_WAIT_MS = 1_000;
/** Interval of loading leaders and partitions, if there is no error; ms. */
const LOOK_UP_EVERY_MS = 10_000;
/** Interval of looking for a topic that does not exist; ms. */
const MISSING_EVERY_MS = 500;
/** Codes of the protocol. */
const OFFSET_OUT_OF_RANGE = 1;

export class KafkaReader implements Reader {
  readonly again: RetryOptions;
  readonly #key: Buffer | undefined;
  readonly #places: KafkaPlaces;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks) {
    refuseIds('kafka', request.from, request.to);
    this.again = retryOptions(options);
    this.#key = request.key === undefined ? undefined : Buffer.from(request.key);
    this.#places = new KafkaPlaces(request, this.#key);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const session: Session = {
        cluster: new FetchCluster(this.options, this.hooks), gate, isOver: () => subscriber.closed,
        emit: (piece) => { subscriber.next(piece); },
      };
      this.#run(session).then(
        () => { subscriber.complete(); },
        (error: unknown) => { subscriber.error(isRxcamError(error) ? error : this.hooks.failure(error)); },
      );
      return () => { session.cluster.destroy(); };
    });
  }

  async #run(session: Session): Promise<void> {
    const { cluster } = session;
    await cluster.connect();
    while (!session.isOver()) {
      const leaders = await cluster.leaders(this.request.topic);
      session.emit([]);
      if (leaders === undefined) {
        if (this.#places.isMissingTheEnd()) return;
        await pause(MISSING_EVERY_MS);
        continue;
      }
      const partitions = await this.#partitions([...leaders.keys()]);
      await this.#places.locate(cluster, partitions, leaders.size);
      if (this.#places.areDone(partitions)) return;
      const round = { isOver: false, endsAt: Date.now() + LOOK_UP_EVERY_MS };
      const own = (leader: number) => partitions.filter((partition) => leaders.get(partition) === leader);
      await Promise.all([...new Set(leaders.values())].map((leader) => this.#follow(session, round, leader, own(leader))));
    }
  }

  /** Reads the partitions of one leader, until the leaders must be loaded again. */
  async #follow(session: Session, round: Round, leader: number, partitions: readonly number[]): Promise<void> {
    const { topic } = this.request;
    while (!session.isOver() && !round.isOver && Date.now() < round.endsAt) {
      const from = this.#places.open(partitions);
      if (from.size === 0) return;
      if (!session.gate.isOpen) await firstValueFrom(session.gate.opens$, { defaultValue: undefined });
      const answer = await this.#timed(session.cluster.fetch({ leader, topic, from, key: this.#key, maxWaitMs: MAX_WAIT_MS }));
      if (session.isOver()) return;
      // Messages are emitted before the next request: if the connection failed in between, they would be lost.
      session.emit(answer.flatMap((fetched) => (fetched.errorCode === 0 ? [...this.#places.take(fetched)] : [])));
      for (const { errorCode, partition } of answer) {
        if (errorCode === OFFSET_OUT_OF_RANGE) await this.#places.relocate(session.cluster, partition);
        else if (errorCode !== 0) await staleLeader(round);
      }
    }
  }

  async #timed<T>(request: Promise<T>): Promise<T> {
    const ms = MAX_WAIT_MS + this.options.requestTimeoutMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => { reject(new Error(`no answer to a fetch for ${ms} ms`)); }, ms);
    });
    try {
      return await Promise.race([request, late]);
    } finally {
      clearTimeout(timer);
      request.catch(() => { /* It came too late to be heard. */ });
    }
  }

  /** @throws InvalidOption for a partition that the topic does not have */
  async #partitions(all: readonly number[]): Promise<readonly number[]> {
    const { partitions = 'key', topic, key } = this.request;
    if (partitions === 'all' || (partitions === 'key' && key === undefined)) return all;
    if (partitions === 'key') return this.#places.withKeys(await keyPartition(topic, key as string, all));
    const missing = partitions.find((one) => !all.includes(one));
    if (missing !== undefined) throw new InvalidOption(`subscribe: option 'partitions': ${missing} given, topic '${topic}' has 0 to ${all.length - 1}`);
    return partitions;
  }
}

interface Session {
  readonly cluster: FetchCluster;
  readonly gate: Gate;
  isOver(): boolean;
  emit(piece: Piece): void;
}

interface Round { isOver: boolean; readonly endsAt: number }

/** By the partitioner that `publish` uses, which is that of the Java client. */
async function keyPartition(topic: string, key: string, partitions: readonly number[]): Promise<number> {
  const { Partitioners } = await import('kafkajs');
  const partitionMetadata = partitions.map((partitionId) => ({ partitionId, leader: 0, isr: [], replicas: [], partitionErrorCode: 0 }));
  return Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message: { key, value: null } });
}

/** Whether the leader has moved, or does not exist yet: the topic's metadata is loaded again. */
async function staleLeader(round: Round): Promise<void> {
  if (!round.isOver) await pause(MISSING_EVERY_MS / 2);
  round.isOver = true;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms).unref(); });
}
