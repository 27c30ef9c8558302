/** Readers of Redis: alone, or as a member of a group. */
import type { ReadRequest, Reader } from '../reader.js';
import type { RedisOptions } from '../redis-options.js';
import type { RedisReaderHooks } from './redis-connection.js';
import { RedisGroupReader } from './redis-group.js';
import { RedisReader } from './redis-reader.js';

/** The reader of Redis that a request asks for. @throws InvalidOption */
export function redisReader(request: ReadRequest, options: RedisOptions, hooks: RedisReaderHooks): Reader {
  return request.group === undefined ? new RedisReader(request, options, hooks) : new RedisGroupReader(request, options, hooks);
}
