/** The connection for a coordinator's requests: opens on demand, and again after a failure. */
import type { Redis } from 'ioredis';
import { newClient } from '../client.js';
import type { Connection } from '../options.js';

/** Time limit of a request; requests of a fleet are small; ms. */
const COMMAND_MS = 2_000;
const CONNECT_MS = 1_000;

export class CommandConnection {
  #redis: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #isGone = false;

  constructor(readonly where: () => Promise<Connection>) {}

  async connected(): Promise<Redis> {
    if (this.#redis?.status === 'ready') return this.#redis;
    const connecting = this.#connecting ??= this.#connect();
    try {
      return await connecting;
    } finally {
      this.#connecting = undefined;
    }
  }

  /** Closes the connection; the next request opens another. */
  drop(): void {
    this.#redis?.disconnect();
    this.#redis = undefined;
  }

  close(): void {
    this.#isGone = true;
    this.drop();
  }

  async #connect(): Promise<Redis> {
    const { client } = await this.where();
    const redis = await newClient(client, { connectTimeoutMs: CONNECT_MS, commandTimeoutMs: COMMAND_MS });
    redis.on('error', () => { /* Its requests fail by it. */ });
    await redis.connect();
    if (this.#isGone) {
      redis.disconnect();
      throw new Error('the connection was closed meanwhile');
    }
    this.#redis?.disconnect();
    return this.#redis = redis;
  }
}
