/** When a request to a Kafka broker counts as unanswered: its time begins again when a pause that the broker asked for ends. */
import { mono } from '../../../core/clock.js';
import type { Pauses } from './wire.js';

interface Limit {
  readonly ms: number;
  readonly pauses: Pauses;
  /** It has taken too long. */
  readonly expired: () => void;
}

/** Starts the clock; the returned function stops it. */
function startLimit({ ms, pauses, expired }: Limit): () => void {
  let timer: NodeJS.Timeout;
  const arm = (waitMs: number) => {
    timer = setTimeout(() => {
      // The broker reads nothing while it pauses.
      const leftMs = pauses.pausedUntil + ms - mono();
      if (pauses.pausedUntil > 0 && leftMs > 0) arm(leftMs);
      else expired();
    }, waitMs);
  };
  arm(ms);
  return () => { clearTimeout(timer); };
}

/** The answer, or a rejection when its time is over. */
export function limited<T>(answer: Promise<T>, limit: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = startLimit({ ...limit, expired: () => {
      limit.expired();
      reject(new Error(`no answer within ${limit.ms} ms`));
    } });
    answer.finally(stop).then(resolve, reject);
  });
}
