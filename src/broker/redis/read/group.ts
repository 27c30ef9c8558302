/** Reads a Redis stream as a member of a consumer group. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Observable, firstValueFrom } from 'rxjs';
import { isRxcamError } from '../../../core/errors/errors.js';
import type { Received } from '../../../message/index.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import { createGroup } from '../groups.js';
import type { RedisOptions } from '../options.js';
import { checkGroup } from '../../reading/index.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { ReadConnection, type RedisReaderHooks } from './connection.js';
import { EntryReader, type RedisEntry } from './parse-entry.js';

/** Longest time that a read waits for an entry; ms. */
const BLOCK_MS = 2_000;
const MAX_PIECE_MESSAGES = 16;
/** Time after which another member claims an unacknowledged entry, because its member is assumed dead; ms. */
const CLAIM_AFTER_MS = 60_000;
/** Interval of these claims; ms. */
const CLAIM_EVERY_MS = 5_000;
/** Largest number of entries that a member returns when it leaves. */
const MAX_PENDING = 1_000;

export class RedisGroupReader implements Reader {
  readonly retry: RetryOptions;
  readonly #entries: EntryReader;
  /** Name of this member, the same for all its connections. */
  readonly #member = `rxcam-${randomUUID()}`;
  /** Ids to acknowledge with the next request. */
  #toAcknowledge: string[] = [];
  #acknowledgingClient: Redis | undefined;
  /** Whether the group has been created, or found, before. */
  #hasJoined = false;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: RedisOptions, readonly hooks: RedisReaderHooks) {
    checkGroup(request);
    this.retry = retryOptions(options);
    this.#entries = new EntryReader(request.topic);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const reading = new ReadConnection(this.options, this.hooks);
      const acknowledging = new ReadConnection(this.options, this.hooks);
      this.#run(reading, acknowledging, gate, (piece) => { subscriber.next(piece); }).catch((error: unknown) => {
        subscriber.error(isRxcamError(error) ? error : reading.failure(error));
      });
      return () => {
        reading.close();
        void this.#leave().catch(() => { /* Another member claims unacknowledged entries later. */ }).finally(() => { acknowledging.close(); });
      };
    });
  }

  acknowledged({ streamId }: Received): void {
    if (streamId === undefined) return;
    if (this.#toAcknowledge.push(streamId) > 1) return;
    // One request for all messages of this turn. After a failure, the next connection tries again.
    setImmediate(() => { this.#acknowledge().catch(() => undefined); });
  }

  async #run(reading: ReadConnection, acknowledging: ReadConnection, gate: Gate, emit: (piece: Piece) => void): Promise<void> {
    const { topic, from, group = '' } = this.request;
    const redis = await reading.open(BLOCK_MS);
    this.#acknowledgingClient = await acknowledging.open(0);
    // If the stream was deleted meanwhile, all entries of its successor are new.
    await createGroup(redis, topic, group, from === 'earliest' || this.#hasJoined ? '0' : '$');
    this.#hasJoined = true;
    emit([]);
    await this.#acknowledge();
    for (let claimAt = 0; !reading.isOver();) {
      if (!gate.isOpen) await firstValueFrom(gate.opens$, { defaultValue: undefined });
      if (Date.now() >= claimAt) {
        claimAt = Date.now() + CLAIM_EVERY_MS;
        const claimed = await redis.callBuffer('XAUTOCLAIM', topic, group, this.#member, CLAIM_AFTER_MS, '0-0', 'COUNT', MAX_PIECE_MESSAGES) as [unknown, RedisEntry[]];
        emit(this.#received(claimed[1]));
      }
      const answer = await redis.xreadgroupBuffer('GROUP', group, this.#member, 'COUNT', MAX_PIECE_MESSAGES, 'BLOCK', BLOCK_MS, 'STREAMS', topic, '>');
      if (!reading.isOver()) emit(this.#received((answer as [Buffer, RedisEntry[]][] | null)?.[0]?.[1] ?? []));
    }
  }

  #received(entries: readonly RedisEntry[]): Received[] {
    // A removed entry has no fields.
    return entries.flatMap((entry) => (isThere(entry) ? this.#entries.read(entry, undefined) ?? [] : []));
  }

  async #acknowledge(): Promise<void> {
    const ids = this.#toAcknowledge;
    if (ids.length === 0 || this.#acknowledgingClient?.status !== 'ready') return;
    this.#toAcknowledge = [];
    try {
      await this.#acknowledgingClient.xack(this.request.topic, this.request.group ?? '', ...ids);
    } catch (error) {
      this.#toAcknowledge.unshift(...ids);
      throw error;
    }
  }

  /** Returns unacknowledged entries to the group; without any, this member is removed from it. */
  async #leave(): Promise<void> {
    const { topic, group = '' } = this.request;
    await this.#acknowledge();
    const redis = this.#acknowledgingClient;
    if (redis?.status !== 'ready') return;
    const pending = await redis.xpending(topic, group, '-', '+', MAX_PENDING, this.#member) as [id: string][];
    if (pending.length === 0) await redis.xgroup('DELCONSUMER', topic, group, this.#member);
    // With the idle time that a claim requires, so that another member claims them next.
    else await redis.xclaim(topic, group, this.#member, 0, ...pending.map(([id]) => id), 'IDLE', CLAIM_AFTER_MS, 'JUSTID');
  }
}

function isThere(entry: RedisEntry | readonly [Buffer, null] | null): entry is RedisEntry {
  return Array.isArray(entry?.[1]);
}
