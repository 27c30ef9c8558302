/** Connections of ioredis, without its own recovery. The library is loaded on demand: it is large, and many users have another broker. */
import type { Redis } from 'ioredis';
import { REDIS } from '../../core/defaults/defaults.js';
import type { ServerLimits } from '../kind/index.js';
import { type ClientOptions, type RedisOptions, connectionOf } from './options.js';

/** Loads the library. Node caches a failed import. */
export function loadClient(): Promise<{ readonly Redis: typeof Redis }> {
  return import('ioredis');
}

/** Time limits of a connection and of its commands, in ms. */
interface TimeLimits { readonly connectTimeoutMs: number; readonly commandTimeoutMs: number }

/** Creates a connection that is not open yet. It does not reconnect: the driver and the readers do. */
export async function newClient(options: ClientOptions, { connectTimeoutMs, commandTimeoutMs }: TimeLimits): Promise<Redis> {
  const { Redis: Client } = await loadClient();
  return new Client({
    ...options,
    lazyConnect: true,
    enableOfflineQueue: false, enableReadyCheck: false, autoResendUnfulfilledCommands: false,
    retryStrategy: () => null, maxRetriesPerRequest: 0,
    disconnectTimeout: REDIS.disconnectTimeoutMs, connectTimeout: connectTimeoutMs, commandTimeout: commandTimeoutMs,
  });
}

/** Queries the largest value that a server accepts, for the doctor. Rejects if the user may not query it. */
export async function examineRedis(options: RedisOptions): Promise<ServerLimits> {
  const { connectTimeoutMs, requestTimeoutMs } = options;
  const client = await newClient(connectionOf(options).client, { connectTimeoutMs, commandTimeoutMs: requestTimeoutMs });
  client.on('error', () => { /* The request fails with it. */ });
  try {
    await client.connect();
    const [, bytes] = await client.config('GET', 'proto-max-bulk-len') as readonly (string | undefined)[];
    return { maxMessageBytes: bytes === undefined ? undefined : Number(bytes) };
  } finally {
    client.disconnect();
  }
}
