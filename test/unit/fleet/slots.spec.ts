/** Slots of cameras: the partitions that Kafka's own clients choose for their keys. */
import { describe, expect, it } from 'vitest';
import { slotOf } from '../../../src/fleet/index.js';

describe('the slot of a camera', () => {
  // By kafkajs's murmur2.
  it.each([['gate', 256, 200], ['camera_1', 256, 230], ['', 256, 217], ['Tür', 7, 1]])("is the partition of its key: '%s' of %i", (key, slots, slot) => {
    expect(slotOf(key, slots)).toBe(slot);
  });

  it('spreads a thousand cameras over all slots', () => {
    const used = new Set(Array.from({ length: 1_000 }, (_, index) => slotOf(`camera-${index}`, 64)));
    expect(used.size).toBe(64);
  });
});
