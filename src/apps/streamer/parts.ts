/** Helpers of CameraStreamer: a running stream, a message from user code, a cached answer. */
import { randomUUID } from 'node:crypto';
import { type Observable, Subscription } from 'rxjs';
import { mono, wall } from '../../core/clock.js';
import type { CameraMessage } from '../../core/frame/frame.js';

/** A running or ended stream. */
export interface Running {
  readonly subscription: Subscription;
  /** Resolves when it has completed or was stopped; rejects with the error that ended it. */
  readonly ended: Promise<void>;
}

/** Subscribes to a stream. */
export function runInBackground(values$: Observable<unknown>): Running {
  let subscription = Subscription.EMPTY;
  const ended = new Promise<void>((resolve, reject) => {
    subscription = values$.subscribe({ error: reject });
    subscription.add(resolve);
  });
  return { subscription, ended };
}

/** A message that does not belong to a camera. */
export function directMessage(message: Buffer | string | Readonly<Record<string, unknown>>, key: string): CameraMessage {
  const isObject = typeof message === 'object' && !Buffer.isBuffer(message);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    camera: key, run: 0, seq: 0, lastSeq: 0, frames: 1, pts: 0, capturedAt: wall(), width: 0, height: 0, mode: 'frame', keyframe: true,
    id: randomUUID(), key, inputOrder: 0, headers: {}, value: Buffer.isBuffer(message) ? message : Buffer.from(text(message)),
    ...(isObject && { fields: Object.fromEntries(Object.entries(message).map(([name, value]) => [name, text(value)])) }),
  };
}

/** A cached answer, requested again only after some time, or on demand. */
export class CachedResult {
  #askedAt = -Infinity;
  #answer: unknown;

  constructor(readonly question: () => unknown, readonly forMs: number) {}

  readonly ask = async (): Promise<unknown> => {
    if (mono() - this.#askedAt >= this.forMs) await this.askNow();
    return this.#answer;
  };

  async askNow(): Promise<void> {
    this.#answer = await this.question();
    this.#askedAt = mono();
  }
}
