/** Reads a Redis stream as a member of a consumer group. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Observable, firstValueFrom } from 'rxjs';
import { isRxcamError } from '../../../core/errors/errors.js';
import type { Received } from '../../../message/index.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { RedisOptions } from '../options.js';
import { checkGroup } from '../../reading/index.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { ReadConnection, type RedisReaderHooks } from './connection.js';
import { EntryReader, type RedisEntry } from './entry.js';

const BLOCK_MS = 2_000;
const COUNT = 16;
/** Time after which another member claims an unacknowledged entry, because its member is assumed dead; ms. */
const CLAIM_AFTER_MS = 60_000;
const CLAIM_EVERY_MS = 5_000;
/** Limit of entries returned at the end. */
const MAX_OWED = 1_000;

export class RedisGroupReader implements Reader {
  readonly retry: RetryOptions;
  readonly #entries: EntryReader;
  /** Name of this member, the same for all its connections. */
  readonly #member = `rxcam-${randomUUID()}`;
  /** Ids to acknowledge. */
  #taken: string[] = [];
  #acknowledging: Redis | undefined;
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
    if (this.#taken.push(streamId) === 1) setImmediate(() => { this.#acknowledge().catch(() => { /* The next connection tries again. */ }); });
  }

  async #run(reading: ReadConnection, acknowledging: ReadConnection, gate: Gate, emit: (piece: Piece) => void): Promise<void> {
    const { topic, from, group = '' } = this.request;
    const redis = await reading.open(BLOCK_MS);
    this.#acknowledging = await acknowledging.open(0);
    // If the stream was deleted meanwhile, all entries of the new one are new.
    await join(redis, topic, group, from === 'earliest' || this.#hasJoined ? '0' : '$');
    this.#hasJoined = true;
    emit([]);
    await this.#acknowledge();
    for (let claimAt = 0; !reading.isOver();) {
      if (!gate.isOpen) await firstValueFrom(gate.opens$, { defaultValue: undefined });
      if (Date.now() >= claimAt) {
        claimAt = Date.now() + CLAIM_EVERY_MS;
        const claimed = await redis.callBuffer('XAUTOCLAIM', topic, group, this.#member, CLAIM_AFTER_MS, '0-0', 'COUNT', COUNT) as [unknown, RedisEntry[]];
        emit(this.#received(claimed[1]));
      }
      const answer = await redis.xreadgroupBuffer('GROUP', group, this.#member, 'COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', topic, '>');
      if (!reading.isOver()) emit(this.#received((answer as [Buffer, RedisEntry[]][] | null)?.[0]?.[1] ?? []));
    }
  }

  #received(entries: readonly RedisEntry[]): Received[] {
    // A removed entry has no fields.
    return entries.flatMap((entry) => (isThere(entry) ? this.#entries.read(entry, undefined) ?? [] : []));
  }

  async #acknowledge(): Promise<void> {
    const ids = this.#taken;
    if (ids.length === 0 || this.#acknowledging?.status !== 'ready') return;
    this.#taken = [];
    try {
      await this.#acknowledging.xack(this.request.topic, this.request.group ?? '', ...ids);
    } catch (error) {
      this.#taken.unshift(...ids);
      throw error;
    }
  }

  /** Returns unacknowledged entries to the group; without any, this member is removed from it. */
  async #leave(): Promise<void> {
    const { topic, group = '' } = this.request;
    await this.#acknowledge();
    const redis = this.#acknowledging;
    if (redis?.status !== 'ready') return;
    const owed = await redis.xpending(topic, group, '-', '+', MAX_OWED, this.#member) as [id: string][];
    if (owed.length === 0) await redis.xgroup('DELCONSUMER', topic, group, this.#member);
    // With an idle time above the claim's, so that the next claim of another member finds them.
    else await redis.xclaim(topic, group, this.#member, 0, ...owed.map(([id]) => id), 'IDLE', CLAIM_AFTER_MS, 'JUSTID');
  }
}

function isThere(entry: RedisEntry | readonly [Buffer, null] | null): entry is RedisEntry {
  return Array.isArray(entry?.[1]);
}

async function join(redis: Redis, topic: string, group: string, from: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', topic, group, from, 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}
