/** Redis under test, and what its streams hold, read with ioredis. */
import { Redis } from 'ioredis';
import { redis } from '../../../../src/broker/index.js';
import { type RedisServer, freePort, startRedis } from '../../../services/index.js';
import type { Subject } from './subject.js';

export function redisSubject(): Subject {
  let server: RedisServer;
  return {
    name: 'redis',
    canHang: true,
    start: async () => { server = await startRedis({ requirepass: 'p@ss/w:rd#1' }); },
    stop: () => server.stop(),
    broker: (options) => redis({ url: server.url, ...options }),
    unreachable: async (password) => redis({ url: `redis://someone:${encodeURIComponent(password)}@127.0.0.1:${await freePort()}` }),
    read: async (topic) => {
      const client = new Redis(server.url);
      try {
        const entries = await client.xrangeBuffer(topic, '-', '+');
        return entries.map(([id, list]) => {
          const fields = new Map<string, Buffer>();
          for (let index = 0; index < list.length; index += 2) fields.set(String(list[index]), list[index + 1] as Buffer);
          const { data, ...headers } = Object.fromEntries(fields) as { data: Buffer } & Record<string, Buffer>;
          const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
          return { key: texts['_message_key'] ?? texts['ce_key'] ?? '', value: data, headers: texts, streamId: String(id) };
        });
      } finally {
        client.disconnect();
      }
    },
    server: () => server,
  };
}
