/** Reads a Redis stream by XREAD, which leaves no state on the server. */
import type { Redis } from 'ioredis';
import { Observable, firstValueFrom } from 'rxjs';
import { InvalidOption, isRxcamError } from '../../../core/errors/errors.js';
import type { Received } from '../../../message/index.js';
import { type RetryOptions, retryOptions } from '../../broker-options.js';
import type { RedisOptions } from '../options.js';
import { markExpired } from '../../reading/index.js';
import type { Gate, Piece, ReadRequest, Reader } from '../../reader.js';
import { ReadConnection, type RedisReaderHooks } from './connection.js';
import { EntryReader, type RedisEntry } from './parse-entry.js';
import { FIRST_ID, checkId, compareIds, idBefore, idBeforePosition, lastIdOf, timeOfId } from './ids.js';
import { type StreamInfo, parseStreamInfo, streamInfo } from './stream-info.js';

/** Longest time that a read waits for an entry; ms. */
const BLOCK_MS = 2_000;
/** Limit of a read in bytes, estimated by the largest entry of the last read. */
const MAX_PIECE_BYTES = 1024 * 1024;
/** Limit of a read in entries, and that of the first read, before the size of entries is known. */
const MAX_COUNT = 64;
const FIRST_COUNT = 2;

export class RedisReader implements Reader {
  readonly retry: RetryOptions;
  readonly #entries: EntryReader;
  /** Id after which the next read begins; undefined until the beginning is known. */
  #last: string | undefined;
  /** The last id that belongs to the reading; undefined for no end. */
  #end: string | undefined;
  /** Largest number of entries of the next read. */
  #count = FIRST_COUNT;
  /** Whether entries may have been added and removed before they were read. */
  #isBehind = false;
  /** Entries that were removed before they were read, not reported yet. */
  #expired = 0;
  /** Number of entries ever added to the stream, up to the last one read; undefined if it is not known. */
  #index: number | undefined;
  #hasRead = false;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly options: RedisOptions, readonly hooks: RedisReaderHooks) {
    const { from, to, partitions } = request;
    if (partitions !== undefined) throw new InvalidOption("subscribe: option 'partitions': given for redis, expected only with kafka");
    for (const [option, place] of [['from', from], ['to', to]] as const) {
      if (typeof place === 'object' && 'offset' in place) {
        throw new InvalidOption(`subscribe: option '${option}': an offset given for redis, expected an entry's id: '1700000000000-0'`);
      }
    }
    checkId('from', from, ['latest', 'earliest']);
    checkId('to', to, ['latest']);
    this.retry = retryOptions(options);
    this.#entries = new EntryReader(request.topic);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const connection = new ReadConnection(this.options, this.hooks);
      this.#run(connection, gate, (piece) => { subscriber.next(piece); }).then(
        () => { subscriber.complete(); },
        (error: unknown) => { subscriber.error(isRxcamError(error) ? error : connection.failure(error)); },
      );
      return () => { connection.close(); };
    });
  }

  async #run(connection: ReadConnection, gate: Gate, emit: (piece: Piece) => void): Promise<void> {
    const redis = await connection.open(BLOCK_MS);
    await this.#locate(redis);
    emit([]);
    this.#isBehind = this.#hasRead;
    while (!connection.isOver()) {
      if (!gate.isOpen) {
        await firstValueFrom(gate.opens$, { defaultValue: undefined });
        this.#isBehind = true;
      }
      const waitMs = Math.min(BLOCK_MS, this.#until - Date.now());
      const entries = await this.#next(redis, waitMs);
      if (connection.isOver()) return;
      const inRange = this.#end === undefined ? entries : entries.filter(([id]) => compareIds(String(id), this.#end as string) <= 0);
      emit(this.#pieceOf(inRange));
      const isDone = inRange.length < entries.length || (this.#last !== undefined && this.#last === this.#end);
      if (isDone || (entries.length === 0 && waitMs <= 0)) return;
    }
  }

  /** Wall clock in ms after which no entry can belong to the reading. */
  get #until(): number {
    if (this.#end === undefined) return Infinity;
    return this.request.to === 'latest' ? 0 : timeOfId(this.#end);
  }

  /** Finds where the reading begins and ends, once. */
  async #locate(redis: Redis): Promise<void> {
    if (this.#last !== undefined) return;
    const { topic, from, to } = this.request;
    const state = await streamInfo(redis, topic);
    if (from === 'latest') this.#index = state?.added ?? 0;
    if (from === 'earliest') this.#index = (state?.added ?? 0) - (state?.length ?? 0);
    this.#end = to === 'latest' ? state?.lastId ?? FIRST_ID : lastIdOf(to);
    if (typeof from === 'object' && 'last' in from) this.#last = await this.#lastStart(redis, from.last);
    else this.#last = idBeforePosition(from) ?? (from === 'earliest' ? FIRST_ID : state?.lastId ?? FIRST_ID);
  }

  async #next(redis: Redis, waitMs: number): Promise<RedisEntry[]> {
    const { topic } = this.request;
    const last = this.#last as string;
    if (this.#isBehind) {
      const [state, entries] = await this.#readBehind(redis, topic, last);
      if (state !== undefined) this.#noteExpired(state, entries.length);
      if (entries.length > 0 || waitMs <= 0) return entries;
    }
    const answer = waitMs <= 0
      ? await redis.xreadBuffer('COUNT', this.#count, 'STREAMS', topic, last)
      : await redis.xreadBuffer('COUNT', this.#count, 'BLOCK', Math.ceil(waitMs), 'STREAMS', topic, last);
    return entriesOf(answer);
  }

  /** Reads entries and the state of the stream in one transaction. */
  async #readBehind(redis: Redis, topic: string, last: string): Promise<[StreamInfo | undefined, RedisEntry[]]> {
    const results = await redis.multi().xinfo('STREAM', topic).xreadBuffer('COUNT', this.#count, 'STREAMS', topic, last).exec() ?? [];
    const [[, state] = [], [error, answer] = [new Error('no answer')]] = results;
    if (error) throw error;
    return [parseStreamInfo(state), entriesOf(answer)];
  }

  /** Counts entries that were removed after the last one read. */
  #noteExpired({ added, length, firstId }: StreamInfo, found: number): void {
    const isOvertaken = firstId === undefined ? length === 0 : compareIds(firstId, this.#last as string) > 0;
    const removed = added === undefined || this.#index === undefined ? 1 : Math.max(0, added - length - this.#index);
    if (isOvertaken && this.#hasRead) this.#expired += removed;
    if (isOvertaken && this.#index !== undefined) this.#index += removed;
    // The read has reached the end of the stream, so the position is known exactly.
    if (added !== undefined && found < this.#count) this.#index = added - found;
  }

  #pieceOf(entries: readonly RedisEntry[]): Piece {
    const last = entries.at(-1);
    if (last === undefined) return [];
    this.#last = String(last[0]);
    if (this.#index !== undefined) this.#index += entries.length;
    this.#hasRead = true;
    this.#isBehind = entries.length >= this.#count;
    const largest = Math.max(1, ...entries.map(([, fields]) => fields.reduce((sum, field) => sum + field.length, 0)));
    this.#count = Math.max(1, Math.min(MAX_COUNT, 2 * this.#count, Math.floor(MAX_PIECE_BYTES / largest)));
    const messages = entries.flatMap((entry) => this.#entries.read(entry, this.request.key) ?? []);
    const delivered: readonly Received[] = markExpired(messages, this.#expired);
    if (delivered !== messages) this.#expired = 0;
    return delivered;
  }

  /** The id before the last n messages; for one key of several, found by reading backwards. */
  async #lastStart(redis: Redis, count: number): Promise<string> {
    const { topic, key } = this.request;
    let end = '+';
    let first: string | undefined;
    for (let left = count; left > 0;) {
      const entries = await redis.xrevrangeBuffer(topic, end, '-', 'COUNT', Math.min(left, this.#count)) as RedisEntry[];
      if (entries.length === 0) break;
      for (const entry of entries) {
        if (left === 0 || this.#entries.read(entry, key) === undefined) continue;
        first = String(entry[0]);
        left--;
      }
      end = `(${String(entries.at(-1)?.[0])}`;
    }
    return first === undefined ? (await streamInfo(redis, topic))?.lastId ?? FIRST_ID : idBefore(first);
  }
}

function entriesOf(answer: unknown): RedisEntry[] {
  return (answer as [Buffer, RedisEntry[]][] | null)?.[0]?.[1] ?? [];
}
