/** Reads a Kafka topic without a consumer group, which leaves no state on the broker. */
import { setTimeout as wait } from 'node:timers/promises';
import { Observable, firstValueFrom } from 'rxjs';
import { InvalidOption, type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { KafkaOptions } from '../options.js';
import { isStale, errorName, partitionOf } from '../client/index.js';
import { errorOf } from '../wire/index.js';
import { type ClusterHooks, FetchCluster } from './cluster.js';
import { KafkaPositions } from './positions.js';
import { LeaderFailures, Round } from './round.js';
import type { Fetched } from './protocol/index.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { checkOffsetPositions } from '../../reading/index.js';

/** Functions of the driver that its readers call. */
export interface KafkaReaderHooks extends ClusterHooks {
  /** The error of a reading that failed for this reason. */
  failure(error: unknown, topic: string): RxcamError;
}

/** Interval of look-ups of a topic that does not exist; ms. */
const MISSING_EVERY_MS = 500;
/** Wait after a broker answered that it is not the leader; ms. */
const STALE_MS = 250;
/** Number of consecutive such answers that is a failure: leaders move within seconds. */
const MAX_STALE = 40;

export class KafkaReader implements Reader {
  readonly retry: RetryOptions;
  readonly #key: Buffer | undefined;
  readonly #positions: KafkaPositions;
  readonly #failures: LeaderFailures;
  /** Number of consecutive answers that no leader is ready: reset when a partition can be read. */
  #staleAnswers = 0;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks) {
    checkOffsetPositions('kafka', request.from, request.to);
    this.retry = retryOptions(options);
    this.#failures = new LeaderFailures(this.retry);
    this.#key = request.key === undefined ? undefined : Buffer.from(request.key);
    this.#positions = new KafkaPositions(request, this.#key);
  }

  read(gate: Gate, warn: (error: RxcamError) => void): Observable<Piece> {
    return new Observable((subscriber) => {
      const session: Session = {
        cluster: new FetchCluster(this.request.topic, this.options, this.hooks), gate, warn, isOver: () => subscriber.closed,
        emit: (piece) => { subscriber.next(piece); },
      };
      this.#run(session).then(() => { subscriber.complete(); }, (error: unknown) => { subscriber.error(this.#failure(error)); });
      return () => { session.cluster.destroy(); };
    });
  }

  async #run(session: Session): Promise<void> {
    const { cluster } = session;
    await cluster.connect();
    while (!session.isOver()) {
      const leaders = await cluster.leaders();
      if (leaders === undefined) {
        session.emit([]);
        if (this.#positions.endsWithoutTopic()) return;
        await wait(MISSING_EVERY_MS, undefined, { ref: false });
        continue;
      }
      const partitions = this.#partitions([...leaders.keys()]);
      await this.#positions.noteTopic(cluster, partitions, leaders.size);
      const round = new Round(this.#failures, session.warn);
      const own = (leader: number) => partitions.filter((partition) => cluster.leaderOf(partition) === leader);
      const led = new Set(partitions.map((partition) => cluster.leaderOf(partition)));
      await Promise.all([...led].map((leader) => this.#follow(session, round, leader, own(leader))));
      if (session.isOver() || this.#positions.areDone(partitions)) return;
      if (round.failure !== undefined) throw round.failure;
    }
  }

  /** Reads the partitions of one leader, until leaders must be loaded again. A failure of one does not stop the others. */
  async #follow(session: Session, round: Round, leader: number, partitions: readonly number[]): Promise<void> {
    const { cluster, gate } = session;
    try {
      if (leader < 0) throw new Error(`partition ${partitions.join(', ')} has no leader`);
      await this.#positions.locate(cluster, partitions);
      // The first fetch does not wait, so that the reading is connected at once.
      for (let isFirst = true; !session.isOver() && !round.isOver; isFirst = false) {
        const from = this.#positions.open(partitions);
        if (from.size === 0) return;
        if (!gate.isOpen) await firstValueFrom(gate.opens$, { defaultValue: undefined });
        const answer = await cluster.fetch({ leader, from, key: this.#key, isQuick: isFirst });
        if (session.isOver()) return;
        if (await this.#take(session, round, answer)) round.answered(leader);
      }
    } catch (error) {
      if (session.isOver()) return;
      cluster.drop(leader);
      round.failed(leader, this.#failure(error));
    }
  }

  /** Emits the messages of an answer, and handles its errors; resolves with whether any partition could be read. */
  async #take(session: Session, round: Round, answer: readonly Fetched[]): Promise<boolean> {
    const readable = answer.filter(({ errorCode }) => errorCode === 0);
    // Messages are emitted before any other request: if that failed, they would be lost.
    if (readable.length > 0) session.emit(readable.flatMap((fetched) => [...this.#positions.take(fetched)]));
    for (const { errorCode, partition } of answer) {
      const error = errorOf(errorCode);
      if (error === undefined) continue;
      if (errorName(error) === 'OFFSET_OUT_OF_RANGE') {
        if (await this.#positions.relocate(session.cluster, partition)) continue;
      } else if (!isStale(error)) throw error;
      await this.#leaderIsStale(round, error);
    }
    if (readable.length > 0) this.#staleAnswers = 0;
    return readable.length > 0;
  }

  /** Called when the leader has moved, or is not ready yet: the next look-up of the topic shows which. */
  async #leaderIsStale(round: Round, error: Error): Promise<void> {
    if (++this.#staleAnswers > MAX_STALE) throw error;
    if (!round.isOver) await wait(STALE_MS, undefined, { ref: false });
    round.end();
  }

  #failure(error: unknown): RxcamError {
    return isRxcamError(error) ? error : this.hooks.failure(error, this.request.topic);
  }

  /** @throws InvalidOption for a partition that the topic does not have */
  #partitions(all: readonly number[]): readonly number[] {
    const { partitions = 'key', topic, key } = this.request;
    if (partitions === 'all' || (partitions === 'key' && key === undefined)) return all;
    if (partitions === 'key') return this.#positions.addKeyPartition(partitionOf(key as string, all.length));
    const missing = partitions.find((one) => !all.includes(one));
    if (missing !== undefined) throw new InvalidOption(`subscribe: option 'partitions': ${missing} given, topic '${topic}' has 0 to ${all.length - 1}`);
    return partitions;
  }
}

interface Session {
  readonly cluster: FetchCluster;
  readonly gate: Gate;
  readonly warn: (error: RxcamError) => void;
  isOver(): boolean;
  emit(piece: Piece): void;
}
