/** The embedded broker under test. */
import { type MemoryBroker, memory } from '../../../../src/broker/index.js';
import type { Subject } from './subject.js';

export function memorySubject(): Subject {
  return {
    name: 'memory',
    embedded: true,
    start: async () => { /* It is in this process. */ },
    stop: async () => { /* It ends with its handle. */ },
    broker: ({ maxMessageBytes, ...options } = {}) => memory({ ...options, ...(maxMessageBytes !== undefined && { maxBytes: maxMessageBytes }) }),
    read: (topic, broker) => Promise.resolve((broker as MemoryBroker).read(topic).map((stored) => ({ ...stored }))),
  };
}
