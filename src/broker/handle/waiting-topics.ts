/** Which topics wait while others are sent. */
import type { RxcamError } from '../../core/errors/errors.js';
import type { TopicWaits } from './broker.js';
import type { Lane } from '../outbox/index.js';

/** The topics of these lanes that wait for more than their turn, each once. */
export function waitingTopics(lanes: Iterable<Lane>, why: (lane: Lane) => RxcamError | undefined): TopicWaits[] {
  const errors = new Map<string, RxcamError>();
  for (const lane of lanes) {
    const error = why(lane);
    if (error !== undefined) errors.set(lane.topic, error);
  }
  return [...errors].map(([topic, error]) => ({ topic, error }));
}
