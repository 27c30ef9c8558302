/** A separate connection for a reader, so that its blocking reads do not delay writes. */
import type { Redis } from 'ioredis';
import type { RxcamError } from '../../../core/errors/errors.js';
import { newClient } from '../client.js';
import type { Connection, RedisOptions } from '../options.js';

/** Functions of the driver for its readers. */
export interface RedisReaderHooks {
  /** Address of the server, looked up for each connection. */
  where(): Promise<Connection>;
  failure(reason: string): RxcamError;
}

export class ReadConnection {
  #redis: Redis | undefined;
  #isOver = false;
  /** The client's last error: its rejections only state that the connection is closed. */
  #lastError = '';

  constructor(readonly options: RedisOptions, readonly hooks: RedisReaderHooks) {}

  isOver(): boolean {
    return this.#isOver;
  }

  /** @param blockMs - longest wait of a read at the server */
  async open(blockMs: number): Promise<Redis> {
    const { client } = await this.hooks.where();
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
