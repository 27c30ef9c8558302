/** ioredis, loaded on demand: it is large, and many users have another broker. Its own recovery is disabled. */
import type { Redis } from 'ioredis';
import { REDIS } from '../../core/defaults/defaults.js';
import type { ClientOptions } from './options.js';

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
