/** The connection for writing to Redis: it opens on demand, and does not keep the process alive while it is idle. */
import type { Redis } from 'ioredis';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { redact } from '../../core/redact/redact.js';
import { loadClient, newClient } from './client.js';
import type { Transaction } from './transaction.js';
import { type ConnectionSettings, type RedisOptions, checkedUrl, connectionOf, serverOf } from './options.js';

export class WriteConnection {
  /** The client's last error: its rejections state only that the connection is closed. */
  lastError = '';
  /** The settings with the server's address; undefined until a function given as `url` has been called. */
  #settings: ConnectionSettings | undefined;
  /** Whether that function has been called for the current connection. */
  #isLookedUp = false;
  #redis: Redis | undefined;
  #Transaction: typeof Transaction | undefined;
  #connecting: Promise<Redis> | undefined;
  /** Increases with each reset. */
  #generation = 0;
  /** Requests that have no outcome yet. */
  #inFlight = 0;

  /** @param onConnect - called before a new connection is used: it may lead to another server */
  constructor(readonly options: RedisOptions, readonly onConnect: () => void) {
    if (typeof options.url !== 'function') this.#settings = connectionOf(options);
    // Loads them while the cameras start, and before file descriptors can run out. A failure is reported by connecting.
    Promise.all([loadClient(), import('./transaction.js')]).catch(() => undefined);
  }

  get address(): string {
    return this.#settings?.address ?? 'redis://(not looked up yet)';
  }

  get servers(): string | undefined {
    return this.#settings && serverOf(this.#settings.client);
  }

  redact(text: string): string {
    return redact(text, this.#settings?.secrets);
  }

  /** Counts requests in flight: they keep the process alive. */
  hold(change: -1 | 0 | 1): void {
    this.#inFlight += change;
    const stream = this.#redis?.stream as Socket | undefined;
    if (this.#inFlight > 0) stream?.ref();
    else stream?.unref();
  }

  /** The open connection; opens it if necessary. */
  async connected(): Promise<Redis> {
    if (this.#redis?.status === 'ready') return this.#redis;
    const connecting = this.#connecting ??= this.#connect(this.#generation);
    try {
      return await connecting;
    } finally {
      if (this.#connecting === connecting) this.#connecting = undefined;
    }
  }

  /** A new transaction. @throws Error before the first connection, which loads the module */
  newTransaction(): Transaction {
    if (this.#Transaction === undefined) throw new Error('not connected yet');
    return new this.#Transaction();
  }

  /** Looks up the current address of the server, for another connection. */
  lookUp(): Promise<ConnectionSettings> {
    this.#isLookedUp = false;
    return this.#currentSettings();
  }

  reset(): void {
    this.#generation++;
    this.#isLookedUp = false;
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
    const [{ Transaction }, { client }] = await Promise.all([import('./transaction.js'), this.#currentSettings()]);
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

  async #currentSettings(): Promise<ConnectionSettings> {
    const { url } = this.options;
    if (typeof url === 'function' && !this.#isLookedUp) {
      this.#settings = connectionOf(this.options, checkedUrl(await url()));
      this.#isLookedUp = true;
    }
    return this.#settings as ConnectionSettings;
  }
}
