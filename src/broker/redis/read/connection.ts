/** A separate connection for a reader, so that its blocking reads do not delay writes. */
import type { Redis } from 'ioredis';
import type { RxcamError } from '../../../core/errors/errors.js';
import { newClient } from '../client.js';
import type { ConnectionSettings, RedisOptions } from '../options.js';

/** Functions of the driver that its readers call. */
export interface RedisReaderHooks {
  /** Looks up the address of the server, for each connection. */
  lookUp(): Promise<ConnectionSettings>;
  /** The error of a reading that failed for this reason. */
  failure(reason: string): RxcamError;
}

export class ReadConnection {
  #redis: Redis | undefined;
  #isOver = false;
  /** The client's last error: its rejections state only that the connection is closed. */
  #lastError = '';

  constructor(readonly options: RedisOptions, readonly hooks: RedisReaderHooks) {}

  isOver(): boolean {
    return this.#isOver;
  }

  /** Opens the connection. @param blockMs - longest time that the server waits for an entry */
  async open(blockMs: number): Promise<Redis> {
    const { client } = await this.hooks.lookUp();
    const { connectTimeoutMs, requestTimeoutMs } = this.options;
    const redis = await newClient(client, { connectTimeoutMs, commandTimeoutMs: blockMs + requestTimeoutMs });
    if (this.#isOver) throw new Error('the reading has ended');
    this.#redis = redis;
    redis.on('error', (error: Error) => { this.#lastError = error.message; });
    await redis.connect();
    return redis;
  }

  /** Closes at once, without waiting for answers. */
  close(): void {
    this.#isOver = true;
    this.#redis?.disconnect();
  }

  failure(error: unknown): RxcamError {
    return this.hooks.failure(this.#lastError || (error instanceof Error ? error.message : String(error)));
  }
}
