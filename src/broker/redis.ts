/** Redis Streams by ioredis: a batch is one MULTI of XADDs on one connection. */
import type { Redis } from 'ioredis';
import { EMPTY, Observable, catchError, defer, ignoreElements, throwError } from 'rxjs';
import { REDIS } from '../defaults.js';
import { BrokerUnavailable, MessageTooLarge } from '../errors.js';
import type { CameraMessage } from '../frame.js';
import { parseOptions } from '../options.js';
import { redact } from '../redact.js';
import type { Broker } from './broker.js';
import { BrokerHandle } from './broker-handle.js';
import type { Driver, Outgoing, SendOutcome } from './driver.js';
import { StreamGroups } from './redis-groups.js';
import { type Connection, REDIS_SCHEMA, type RedisConfig, type RedisOptions, checkedUrl, connectionOf, serverOf } from './redis-options.js';
import { fieldsOf } from './redis-fields.js';
import { RedisReader, type ReadRequest, type Reader } from './read/index.js';
import { StreamTrim } from './stream-trim.js';

/**
 * Redis Streams: one stream for each topic, one entry for each message. Connects when the first message is sent.
 * @throws InvalidOption
 */
export function redis(config: RedisConfig = {}): Broker {
  const options = parseOptions('redis', REDIS_SCHEMA, config);
  return new BrokerHandle(new RedisDriver(options), options);
}

/** Answers that concern the whole server, whatever the message. */
const SERVER_WIDE = /^(OOM|READONLY|LOADING|NOAUTH|WRONGPASS|MISCONF|MASTERDOWN|NOREPLICAS|BUSY|TRYAGAIN|CLUSTERDOWN)\b/;

class RedisDriver implements Driver {
  readonly kind = 'redis';
  /** Where the server is; undefined until a function given as `url` was asked. */
  #connection: Connection | undefined;
  /** Whether that function has been asked since the connection was given up. */
  #isAsked = false;
  readonly #trim: StreamTrim;
  readonly #groups = new StreamGroups();
  #redis: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  /** Rises when connections are given up. */
  #generation = 0;
  /** What the client said last: its rejections only say that the connection is closed. */
  #lastError = '';

  constructor(readonly options: RedisOptions) {
    if (typeof options.url !== 'function') this.#connection = connectionOf(options);
    this.#trim = new StreamTrim(options.maxLen, options.maxStreamBytes);
  }

  get address(): string {
    return this.#connection?.address ?? 'redis://(not asked yet)';
  }

  get servers(): string | undefined {
    return this.#connection && serverOf(this.#connection.client);
  }

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => this.#write(batch));
  }

  refuses({ value, id }: CameraMessage): MessageTooLarge | undefined {
    const { maxMessageBytes } = this.options;
    if (value.length <= maxMessageBytes) return undefined;
    return new MessageTooLarge(`redis: message ${id} has ${value.length} bytes, at most ${maxMessageBytes} are taken`);
  }

  prepare(topic: string, consumerGroup: string | undefined): Observable<never> {
    if (consumerGroup === undefined) return EMPTY;
    return defer(async () => { await this.#groups.makeNow(await this.#connected(), topic, consumerGroup); }).pipe(
      ignoreElements(),
      catchError((error: unknown) => throwError(() => this.#unavailable(this.#lastError || String(error)))),
    );
  }

  reader(request: ReadRequest): Reader {
    const where = () => { this.#isAsked = false; return this.#askWhere(); };
    return new RedisReader(request, this.options, { where, failure: (reason) => this.#unavailable(reason) });
  }

  reset(): void {
    this.#generation++;
    this.#isAsked = false;
    this.#redis?.disconnect();
    this.#redis = undefined;
    this.#connecting = undefined;
  }

  close(): Observable<never> {
    return new Observable((subscriber) => {
      const redis = this.#redis;
      if (redis === undefined || redis.status === 'end') subscriber.complete();
      else redis.once('end', () => { subscriber.complete(); });
      this.reset();
    });
  }

  async #write(batch: readonly Outgoing[]): Promise<SendOutcome[]> {
    try {
      const redis = await this.#connected();
      const multi = redis.multi();
      const groups = this.#groups.make(multi, batch);
      const trims = this.#trim.trimsFor(batch);
      for (const { topic, firstKept } of trims) multi.xtrim(topic, 'MINID', '~', firstKept);
      for (const outgoing of batch) multi.xadd(...this.#entryOf(outgoing));
      const results = await multi.exec() ?? [];
      this.#trim.trimmed(trims);
      this.#groups.made(groups);
      return batch.map((outgoing, index) => this.#outcome(outgoing, results[groups.length + trims.length + index]));
    } catch (error) {
      return this.#refusal(batch, error as AbortedError);
    }
  }

  /** A stream that must have a group is not made without it. */
  #entryOf(outgoing: Outgoing): [string, ...(string | Buffer | number)[]] {
    const only = outgoing.message.consumerGroup === undefined ? [] : ['NOMKSTREAM'];
    return [outgoing.topic, ...only, 'MAXLEN', '~', this.options.maxLen, '*', ...fieldsOf(outgoing)];
  }

  async #connected(): Promise<Redis> {
    if (this.#redis?.status === 'ready') return this.#redis;
    const connecting = this.#connecting ??= this.#connect(this.#generation);
    try {
      return await connecting;
    } finally {
      if (this.#connecting === connecting) this.#connecting = undefined;
    }
  }

  async #connect(generation: number): Promise<Redis> {
    this.#lastError = '';
    // The library is loaded when it is needed: it is large, and many use another broker.
    const [{ Redis }, { client }] = await Promise.all([import('ioredis'), this.#askWhere()]);
    if (generation !== this.#generation) throw new Error('the connection was given up meanwhile');
    this.#redis?.disconnect();
    const { connectTimeoutMs, requestTimeoutMs } = this.options;
    const redis = new Redis({
      ...client,
      lazyConnect: true,
      // Everything that this client would do by itself to recover is the sender's.
      enableOfflineQueue: false, enableReadyCheck: false, autoResendUnfulfilledCommands: false,
      retryStrategy: () => null, maxRetriesPerRequest: 0,
      disconnectTimeout: REDIS.disconnectTimeoutMs, connectTimeout: connectTimeoutMs, commandTimeout: requestTimeoutMs,
    });
    this.#redis = redis;
    this.#groups.reset();
    redis.on('error', (error: Error) => {
      this.#lastError = error.message;
      this.options.logger?.warn({ broker: this.address }, this.#redact(error.message));
    });
    await redis.connect();
    return redis;
  }

  async #askWhere(): Promise<Connection> {
    const { url } = this.options;
    if (typeof url === 'function' && !this.#isAsked) {
      this.#connection = connectionOf(this.options, checkedUrl(await url()));
      this.#isAsked = true;
    }
    return this.#connection as Connection;
  }

  #outcome({ topic, message }: Outgoing, result: [Error | null, unknown] | undefined): SendOutcome {
    const [error, id] = result ?? [new Error('no answer')];
    if (error === null && id === null) {
      this.#groups.gone(topic);
      return { ok: false, error: this.#unavailable(`stream '${topic}' is gone`), split: 'apart' };
    }
    if (error !== null || typeof id !== 'string') return { ok: false, error: this.#unavailable(error?.message ?? 'no answer') };
    this.#trim.wrote(topic, id, message);
    return { ok: true, streamId: id };
  }

  /** What an error says of each message; thrown where it concerns none of them in particular. */
  #refusal(batch: readonly Outgoing[], failure: AbortedError): SendOutcome[] {
    const reasons = [failure, ...failure.previousErrors ?? []].map(({ message }) => message).concat(this.#lastError);
    const reason = reasons.find((text) => SERVER_WIDE.test(text) || text.includes('invalid bulk length'))
      ?? failure.previousErrors?.[0]?.message ?? (this.#lastError || failure.message);
    if (reason.includes('invalid bulk length')) {
      const error = new MessageTooLarge(`redis at ${this.address}: ${this.#redact(reason)}`);
      return batch.map(() => ({ ok: false, error, split: 'size' }));
    }
    const error = this.#unavailable(reason);
    if (failure.previousErrors === undefined || SERVER_WIDE.test(reason)) throw error;
    const isOneStream = new Set(batch.map(({ topic }) => topic)).size === 1;
    return batch.map(() => ({ ok: false, error, ...(!isOneStream && { split: 'apart' as const }) }));
  }

  #unavailable(reason: string): BrokerUnavailable {
    return new BrokerUnavailable(`redis at ${this.address}: ${this.#redact(reason)}`);
  }

  #redact(text: string): string {
    return redact(text, this.#connection?.secrets);
  }
}

interface AbortedError extends Error { previousErrors?: readonly Error[] }
