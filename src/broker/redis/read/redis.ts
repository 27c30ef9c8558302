/** Readers of Redis: without a group, or as a member of one. */
import type { ReadRequest, Reader } from '../../reader.js';
import type { RedisOptions } from '../options.js';
import type { RedisReaderHooks } from './connection.js';
import { RedisGroupReader } from './group.js';
import { RedisReader } from './reader.js';

/** The reader of Redis for a request. @throws InvalidOption */
export function redisReader(request: ReadRequest, options: RedisOptions, hooks: RedisReaderHooks): Reader {
  return request.group === undefined ? new RedisReader(request, options, hooks) : new RedisGroupReader(request, options, hooks);
}
