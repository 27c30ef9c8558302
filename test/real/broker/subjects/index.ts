/** The kinds of broker under test. A new kind is one file and a line here; one that is forgotten does not compile. */
import type { BrokerName } from '../../../../src/broker/index.js';
import { kafkaSubject } from './kafka.js';
import { memorySubject } from './memory.js';
import { redisSubject } from './redis.js';
import type { Subject } from './subject.js';

export { kafkaSubject } from './kafka.js';
export type { Subject } from './subject.js';

export const SUBJECTS: Readonly<Record<BrokerName, () => Subject>> = { memory: memorySubject, redis: redisSubject, kafka: kafkaSubject };
