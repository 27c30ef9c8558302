/** Parts of CameraStreamer: a running stream, a message from user code, a cached result. */
import { randomUUID } from 'node:crypto';
import { type Observable, Subscription } from 'rxjs';
import { mono, wall } from '../../core/clock.js';
import type { CameraMessage } from '../../core/frame/frame.js';

/** A running or ended stream. */
export interface RunningStream {
  readonly subscription: Subscription;
  /** Resolves when the stream has completed or was stopped; rejects with the error that ended it. */
  readonly ended: Promise<void>;
}

/** Subscribes to a stream. */
export function runInBackground(values$: Observable<unknown>): RunningStream {
  let subscription = Subscription.EMPTY;
  const ended = new Promise<void>((resolve, reject) => {
    subscription = values$.subscribe({ error: reject });
    subscription.add(resolve);
  });
  return { subscription, ended };
}

/** A message from user code. An object becomes JSON, and its members become fields. */
export function directMessage(message: Buffer | string | Readonly<Record<string, unknown>>, key: string): CameraMessage {
  const isObject = typeof message === 'object' && !Buffer.isBuffer(message);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    camera: key, run: 0, seq: 0, lastSeq: 0, frames: 1, pts: 0, capturedAt: wall(), width: 0, height: 0, mode: 'frame', keyframe: true,
    id: randomUUID(), key, inputOrder: 0, headers: {}, value: Buffer.isBuffer(message) ? message : Buffer.from(text(message)),
    ...(isObject && { fields: Object.fromEntries(Object.entries(message).map(([name, value]) => [name, text(value)])) }),
  };
}

/** A cached result, which is requested again only when it is older than `maxAgeMs`, or on demand. */
export class CachedResult {
  #requestedAt = -Infinity;
  #result: unknown;

  constructor(readonly request: () => unknown, readonly maxAgeMs: number) {}

  readonly get = async (): Promise<unknown> => {
    if (mono() - this.#requestedAt >= this.maxAgeMs) await this.refresh();
    return this.#result;
  };

  async refresh(): Promise<void> {
    this.#result = await this.request();
    this.#requestedAt = mono();
  }
}
