/** Time limit of a request to a Kafka broker; it starts again at the end of a pause that the broker requested. */
import { mono } from '../../../core/clock.js';
import type { Pauses } from './wire.js';

interface Limit {
  readonly ms: number;
  readonly pauses: Pauses;
  /** Called at the time limit. */
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

/** Resolves with the answer; calls `expired` and rejects after `ms`, without regard to pauses. */
export function withTimeout<T>(answer: Promise<T>, ms: number, expired: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      expired();
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
    answer.finally(() => { clearTimeout(timer); }).then(resolve, reject);
  });
}

/** Resolves with the answer; rejects at the time limit. */
export function withLimit<T>(answer: Promise<T>, limit: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = startLimit({ ...limit, expired: () => {
      limit.expired();
      reject(new Error(`no answer within ${limit.ms} ms`));
    } });
    answer.finally(stop).then(resolve, reject);
  });
}
