/** The connection that writes to Redis: opens on demand, and does not keep the process alive while it is idle. */
import type { Redis } from 'ioredis';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { redact } from '../../core/redact/redact.js';
import { loadClient, newClient } from './client.js';
import type { Transaction } from './transaction.js';
import { type Connection, type RedisOptions, checkedUrl, connectionOf, serverOf } from './options.js';

export class WriteConnection {
  /** The client's last error: its rejections state only that the connection is closed. */
  lastError = '';
  /** Address of the server; undefined until a function given as `url` was called. */
  #connection: Connection | undefined;
  /** Whether that function was called for the current connection. */
  #isAsked = false;
  #redis: Redis | undefined;
  #Transaction: typeof Transaction | undefined;
  #connecting: Promise<Redis> | undefined;
  /** Increases with each reset. */
  #generation = 0;
  /** Requests in progress. */
  #underWay = 0;

  /** @param onConnect - called before a new connection is used: it may lead to another server */
  constructor(readonly options: RedisOptions, readonly onConnect: () => void) {
    if (typeof options.url !== 'function') this.#connection = connectionOf(options);
    // While the cameras start, and before file descriptors can run out. Connecting reports failures.
    Promise.all([loadClient(), import('./transaction.js')]).catch(() => undefined);
  }

  get address(): string {
    return this.#connection?.address ?? 'redis://(not asked yet)';
  }

  get servers(): string | undefined {
    return this.#connection && serverOf(this.#connection.client);
  }

  redact(text: string): string {
    return redact(text, this.#connection?.secrets);
  }

  /** Counts requests in progress: they keep the process alive. */
  hold(more: -1 | 0 | 1): void {
    this.#underWay += more;
    const stream = this.#redis?.stream as Socket | undefined;
    if (this.#underWay > 0) stream?.ref();
    else stream?.unref();
  }

  async connected(): Promise<Redis> {
    if (this.#redis?.status === 'ready') return this.#redis;
    const connecting = this.#connecting ??= this.#connect(this.#generation);
    try {
      return await connecting;
    } finally {
      if (this.#connecting === connecting) this.#connecting = undefined;
    }
  }

  /** Call it when connected: the module is loaded with the library. */
  newTransaction(): Transaction {
    if (this.#Transaction === undefined) throw new Error('not connected yet');
    return new this.#Transaction();
  }

  /** Current address of the server. */
  lookUp(): Promise<Connection> {
    this.#isAsked = false;
    return this.#located();
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

  async #connect(generation: number): Promise<Redis> {
    this.lastError = '';
    const [{ Transaction }, { client }] = await Promise.all([import('./transaction.js'), this.#located()]);
    const { connectTimeoutMs, requestTimeoutMs: commandTimeoutMs } = this.options;
    const redis = await newClient(client, { connectTimeoutMs, commandTimeoutMs });
    this.#Transaction = Transaction;
    if (generation !== this.#generation) throw new Error('the connection was closed meanwhile');
    this.#redis?.disconnect();
    this.#redis = redis;
    this.onConnect();
    redis.on('error', (error: Error) => {
      this.lastError = error.message;
      this.options.logger?.warn({ broker: this.address }, this.redact(error.message));
    });
    await redis.connect();
    this.hold(0);
    return redis;
  }

  async #located(): Promise<Connection> {
    const { url } = this.options;
    if (typeof url === 'function' && !this.#isAsked) {
      this.#connection = connectionOf(this.options, checkedUrl(await url()));
      this.#isAsked = true;
    }
    return this.#connection as Connection;
  }
}
