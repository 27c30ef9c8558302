/** The slot of a camera. */
import { partitionOf } from '../broker/index.js';

/** Cameras of one slot have one owner: a slot is a partition of the topic of claims, and keys are spread over it as Kafka spreads them. */
export function slotOf(key: string, slots: number): number {
  return partitionOf(key, slots);
}
