/** Finds the topics whose messages wait while others are sent. */
import type { RxcamError } from '../../core/errors/errors.js';
import type { TopicWaits } from './broker.js';
import type { PartitionQueue } from '../outbox/index.js';

/** The topics of these queues whose messages wait for more than their turn, each once. */
export function waitingTopics(queues: Iterable<PartitionQueue>, why: (queue: PartitionQueue) => RxcamError | undefined): TopicWaits[] {
  const errors = new Map<string, RxcamError>();
  for (const queue of queues) {
    const error = why(queue);
    if (error !== undefined) errors.set(queue.topic, error);
  }
  return [...errors].map(([topic, error]) => ({ topic, error }));
}
