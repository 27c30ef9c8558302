/** Subscribes to a channel, and reconnects after failures. */
import type { Redis } from 'ioredis';
import { setTimeout as wait } from 'node:timers/promises';
import { Observable } from 'rxjs';
import { newClient } from '../client.js';
import type { ConnectionSettings } from '../options.js';

/** Wait before it reconnects; ms. */
const RECONNECT_MS = 500;
const CONNECT_MS = 1_000;
/** Interval of pings, and their time limit: without pings, a dead server looks like a quiet channel; ms. */
const PING_MS = 2_000;

/** `open`: a subscription has begun, and earlier messages were missed. */
export type ChannelEvent = { readonly type: 'open' } | { readonly type: 'message'; readonly text: string };

/** Emits the messages of a channel. Never completes, and never errors. */
export function channelEvents(channel: string, lookUp: () => Promise<ConnectionSettings>): Observable<ChannelEvent> {
  return new Observable((subscriber) => {
    let current: Redis | undefined;
    const isOver = () => subscriber.closed;
    const listen = async () => {
      while (!isOver()) {
        try {
          const { client } = await lookUp();
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
          // The loop reconnects.
        }
        current?.disconnect();
        if (!isOver()) await wait(RECONNECT_MS);
      }
    };
    void listen();
    return () => { current?.disconnect(); };
  });
}
