/** ioredis, loaded on demand: it is large, and many users have another broker. Its own recovery is disabled. */
import type { Redis } from 'ioredis';
import { REDIS } from '../../core/defaults/defaults.js';
import type { ServerLimits } from '../kind/index.js';
import { type ClientOptions, type RedisOptions, connectionOf } from './options.js';

/** Loads the library. Node caches a failed import. */
export function loadClient(): Promise<{ readonly Redis: typeof Redis }> {
  return import('ioredis');
}

/** Time limits of a connection and of its commands, in ms. */
interface Limits { readonly connectTimeoutMs: number; readonly commandTimeoutMs: number }

/** A connection that is not open yet. The driver and the readers reconnect by themselves. */
export async function newClient(where: ClientOptions, { connectTimeoutMs, commandTimeoutMs }: Limits): Promise<Redis> {
  const { Redis: Client } = await loadClient();
  return new Client({
    ...where,
    lazyConnect: true,
    enableOfflineQueue: false, enableReadyCheck: false, autoResendUnfulfilledCommands: false,
    retryStrategy: () => null, maxRetriesPerRequest: 0,
    disconnectTimeout: REDIS.disconnectTimeoutMs, connectTimeout: connectTimeoutMs, commandTimeout: commandTimeoutMs,
  });
}

/** The largest value that a server accepts, for the doctor; a login may lack the right to query it. */
export async function examineRedis(options: RedisOptions): Promise<ServerLimits> {
  const { connectTimeoutMs, requestTimeoutMs } = options;
  const client = await newClient(connectionOf(options).client, { connectTimeoutMs, commandTimeoutMs: requestTimeoutMs });
  client.on('error', () => { /* The request reports it. */ });
  try {
    await client.connect();
    const [, bytes] = await client.config('GET', 'proto-max-bulk-len') as readonly (string | undefined)[];
    return { maxMessageBytes: bytes === undefined ? undefined : Number(bytes) };
  } finally {
    client.disconnect();
  }
}
