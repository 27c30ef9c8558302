/** Keys go where other producers of Kafka put them. */
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, it } from 'vitest';
import { murmur2, partitionOf } from '../../../src/broker/kafka/client/partition.js';

it('is murmur2 as in the tests of Kafka itself', () => {
  const known = { '21': -973932308, 'foobar': -790332482, 'a-little-bit-long-string': -985981536, 'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8': -58897971 };
  for (const [text, hash] of Object.entries(known)) expect(murmur2(Buffer.from(text))).toBe(hash);
});

it('chooses the partition that kafkajs chooses', () => {
  const choose = Partitioners.DefaultPartitioner();
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 100 }), (key, count) => {
    const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] }));
    expect(partitionOf(key, count)).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: '' } }));
  }));
});
