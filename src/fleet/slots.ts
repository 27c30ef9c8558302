/** The slot of a camera. */
import { partitionOf } from '../broker/index.js';

/** The cameras of one slot have one owner. A slot is a partition of the topic of claims, and a camera's key selects it as in Kafka. */
export function slotOf(key: string, slots: number): number {
  return partitionOf(key, slots);
}
