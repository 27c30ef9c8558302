/** Reading: one reader for each kind of broker, and the reading that they all have in common. */
import type { KafkaOptions } from '../kafka-options.js';
import type { RedisOptions } from '../redis-options.js';
import { KafkaGroupReader } from './kafka-group.js';
import { KafkaReader, type KafkaReaderHooks } from './kafka-reader.js';
import { MemoryGroupReader } from './memory-group.js';
import { MemoryReader, type MemorySource } from './memory-reader.js';
import type { ReadRequest, Reader } from '../reader.js';
import type { RedisReaderHooks } from './redis-connection.js';
import { RedisGroupReader } from './redis-group.js';
import { RedisReader } from './redis-reader.js';

export type { MemoryGroup } from './memory-reader.js';
export { Reception, type ReceptionStats } from './reception.js';

/** The reader of Kafka that a request asks for. @throws InvalidOption */
export function kafkaReader(request: ReadRequest, options: KafkaOptions, hooks: KafkaReaderHooks): Reader {
  return request.group === undefined ? new KafkaReader(request, options, hooks) : new KafkaGroupReader(request, options, hooks);
}

/** The reader of Redis that a request asks for. @throws InvalidOption */
export function redisReader(request: ReadRequest, options: RedisOptions, hooks: RedisReaderHooks): Reader {
  return request.group === undefined ? new RedisReader(request, options, hooks) : new RedisGroupReader(request, options, hooks);
}

/** The reader of the embedded broker that a request asks for. @throws InvalidOption */
export function memoryReader(request: ReadRequest, source: MemorySource): Reader {
  return request.group === undefined ? new MemoryReader(request, source) : new MemoryGroupReader(request, source);
}
