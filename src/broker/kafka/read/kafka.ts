/** Readers of Kafka: without a group, or as a member of one. */
import type { KafkaOptions } from '../options.js';
import type { ReadRequest, Reader } from '../../reader.js';
import { KafkaGroupReader } from './group.js';
import { KafkaReader, type KafkaReaderHooks } from './reader.js';

/** The reader of Kafka for a request. @throws InvalidOption */
export function kafkaReader(request: ReadRequest, options: KafkaOptions, hooks: KafkaReaderHooks): Reader {
  return request.group === undefined ? new KafkaReader(request, options, hooks) : new KafkaGroupReader(request, options, hooks);
}
