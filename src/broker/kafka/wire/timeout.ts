/** Time limits of requests to a Kafka broker. */
import { mono } from '../../../core/clock.js';
import type { Pauses } from './wire.js';

interface PausableTimeout {
  readonly ms: number;
  readonly pauses: Pauses;
  /** Called at the time limit. */
  readonly onTimeout: () => void;
}

/** Starts the timer; the returned function stops it. */
function startLimit({ ms, pauses, onTimeout }: PausableTimeout): () => void {
  let timer: NodeJS.Timeout;
  const startTimer = (waitMs: number) => {
    timer = setTimeout(() => {
      // The broker reads nothing while it pauses.
      const leftMs = pauses.pausedUntil + ms - mono();
      if (pauses.pausedUntil > 0 && leftMs > 0) startTimer(leftMs);
      else onTimeout();
    }, waitMs);
  };
  startTimer(ms);
  return () => { clearTimeout(timer); };
}

/** Resolves with the answer. Calls `onTimeout` and rejects after `ms`, even during a pause. */
export function withTimeout<T>(answer: Promise<T>, ms: number, onTimeout: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      onTimeout();
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
    answer.finally(() => { clearTimeout(timer); }).then(resolve, reject);
  });
}

/** Resolves with the answer. Calls `onTimeout` and rejects at the time limit, which starts again at the end of a pause that the broker requires. */
export function withTimeoutOutsidePauses<T>(answer: Promise<T>, limit: PausableTimeout): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = startLimit({ ...limit, onTimeout: () => {
      limit.onTimeout();
      reject(new Error(`no answer within ${limit.ms} ms`));
    } });
    answer.finally(stop).then(resolve, reject);
  });
}
