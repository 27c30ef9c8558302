/** Messages of others in a channel, across failures. */
import type { Redis } from 'ioredis';
import { setTimeout as wait } from 'node:timers/promises';
import { Observable } from 'rxjs';
import { newClient } from '../client.js';
import type { Connection } from '../options.js';

/** A connection that fails is made again after this time; ms. */
const AGAIN_MS = 500;
const CONNECT_MS = 1_000;
/** A channel may be silent for as long as it likes. A connection whose server is gone shows by this; ms. */
const PING_MS = 2_000;

/** `open`: what was published before was missed, what is published from now on comes. */
export type Heard = { readonly type: 'open' } | { readonly type: 'message'; readonly text: string };

export function heard(channel: string, where: () => Promise<Connection>): Observable<Heard> {
  return new Observable((subscriber) => {
    let current: Redis | undefined;
    const isOver = () => subscriber.closed;
    const listen = async () => {
      while (!isOver()) {
        try {
          const { client } = await where();
          const redis = current = await newClient(client, { connectTimeoutMs: CONNECT_MS, commandTimeoutMs: PING_MS });
          const gone = new Promise<void>((resolve) => {
            redis.on('error', () => { resolve(); });
            redis.on('close', () => { resolve(); });
          });
          redis.on('message', (_, text: string) => { subscriber.next({ type: 'message', text }); });
          await redis.connect();
          await redis.subscribe(channel);
          subscriber.next({ type: 'open' });
          const timer = setInterval(() => { redis.ping().catch(() => { redis.disconnect(); }); }, PING_MS);
          await gone;
          clearInterval(timer);
        } catch {
          // It is tried again.
        }
        current?.disconnect();
        if (!isOver()) await wait(AGAIN_MS);
      }
    };
    void listen();
    return () => { current?.disconnect(); };
  });
}
