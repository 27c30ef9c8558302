/** The connection for the requests of a fleet: it opens on demand, and again after a failure. */
import type { Redis } from 'ioredis';
import { newClient } from '../client.js';
import type { ConnectionSettings } from '../options.js';

/** Time limits of a request, which is small in a fleet, and of connecting; ms. */
const COMMAND_MS = 2_000;
const CONNECT_MS = 1_000;

export class CommandConnection {
  #redis: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #isClosed = false;

  constructor(readonly lookUp: () => Promise<ConnectionSettings>) {}

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
    this.#isClosed = true;
    this.drop();
  }

  async #connect(): Promise<Redis> {
    const { client } = await this.lookUp();
    const redis = await newClient(client, { connectTimeoutMs: CONNECT_MS, commandTimeoutMs: COMMAND_MS });
    redis.on('error', () => { /* Its requests fail with it. */ });
    await redis.connect();
    if (this.#isClosed) {
      redis.disconnect();
      throw new Error('the connection was closed meanwhile');
    }
    this.#redis?.disconnect();
    return this.#redis = redis;
  }
}
