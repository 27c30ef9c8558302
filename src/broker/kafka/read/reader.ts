/** Reads a Kafka topic without a consumer group, which leaves no state on the broker. */
import { Observable, firstValueFrom } from 'rxjs';
import { InvalidOption, type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { KafkaOptions } from '../options.js';
import { isStale, kindOf, partitionOf } from '../client/index.js';
import { errorOf } from '../wire/index.js';
import { type ClusterHooks, FetchCluster } from './cluster.js';
import { KafkaPositions } from './positions.js';
import { LeaderFailures, Round } from './round.js';
import type { Fetched } from './protocol/index.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { checkOffsetPositions } from '../../reading/index.js';

/** Functions of the driver for its readers. */
export interface KafkaReaderHooks extends ClusterHooks {
  failure(error: unknown, topic: string): RxcamError;
}

/** Interval of look-ups of a topic that does not exist; ms. */
const MISSING_EVERY_MS = 500;
/** Wait after a broker answered that it is not the leader; ms. */
const STALE_MS = 250;
/** Such answers in a row, after which it is a failure: leaders move within seconds. */
const MAX_STALE = 40;

export class KafkaReader implements Reader {
  readonly retry: RetryOptions;
  readonly #key: Buffer | undefined;
  readonly #places: KafkaPositions;
  readonly #failures: LeaderFailures;
  /** Number of consecutive answers without messages. */
  #inRow = 0;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks) {
    checkOffsetPositions('kafka', request.from, request.to);
    this.retry = retryOptions(options);
    this.#failures = new LeaderFailures(this.retry);
    this.#key = request.key === undefined ? undefined : Buffer.from(request.key);
    this.#places = new KafkaPositions(request, this.#key);
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
        if (this.#places.isMissingTheEnd()) return;
        await pause(MISSING_EVERY_MS);
        continue;
      }
      const partitions = this.#partitions([...leaders.keys()]);
      await this.#places.look(cluster, partitions, leaders.size);
      const round = new Round(this.#failures, session.warn);
      const own = (leader: number) => partitions.filter((partition) => cluster.leaderOf(partition) === leader);
      const led = new Set(partitions.map((partition) => cluster.leaderOf(partition)));
      await Promise.all([...led].map((leader) => this.#follow(session, round, leader, own(leader))));
      if (session.isOver() || this.#places.areDone(partitions)) return;
      if (round.failure !== undefined) throw round.failure;
    }
  }

  /** Reads the partitions of one leader, until leaders must be loaded again. A failure of one does not stop the others. */
  async #follow(session: Session, round: Round, leader: number, partitions: readonly number[]): Promise<void> {
    const { cluster, gate } = session;
    try {
      if (leader < 0) throw new Error(`partition ${partitions.join(', ')} has no leader`);
      await this.#places.locate(cluster, partitions);
      // The first answer shows at once that it can be read.
      for (let isFirst = true; !session.isOver() && !round.isOver; isFirst = false) {
        const from = this.#places.open(partitions);
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

  /** @returns whether anything could be read */
  async #take(session: Session, round: Round, answer: readonly Fetched[]): Promise<boolean> {
    const good = answer.filter(({ errorCode }) => errorCode === 0);
    // Messages are emitted before the next request: if the connection failed in between, they would be lost.
    if (good.length > 0) session.emit(good.flatMap((fetched) => [...this.#places.take(fetched)]));
    for (const { errorCode, partition } of answer) {
      const error = errorOf(errorCode);
      if (error === undefined) continue;
      if (kindOf(error) === 'OFFSET_OUT_OF_RANGE') {
        if (await this.#places.relocate(session.cluster, partition)) continue;
      } else if (!isStale(error)) throw error;
      await this.#notNow(round, error);
    }
    if (good.length > 0) this.#inRow = 0;
    return good.length > 0;
  }

  /** Called when the leader has moved, or is not ready yet: the next look-up of the topic shows which. */
  async #notNow(round: Round, error: Error): Promise<void> {
    if (++this.#inRow > MAX_STALE) throw error;
    if (!round.isOver) await pause(STALE_MS);
    round.end();
  }

  #failure(error: unknown): RxcamError {
    return isRxcamError(error) ? error : this.hooks.failure(error, this.request.topic);
  }

  /** @throws InvalidOption for a partition that the topic does not have */
  #partitions(all: readonly number[]): readonly number[] {
    const { partitions = 'key', topic, key } = this.request;
    if (partitions === 'all' || (partitions === 'key' && key === undefined)) return all;
    if (partitions === 'key') return this.#places.withKeys(partitionOf(key as string, all.length));
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms).unref(); });
}
