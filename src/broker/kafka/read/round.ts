/** A round of reading, from one look-up of the topic to the next: the leaders that answer, and those that fail. */
import type { RxcamError } from '../../../core/errors/errors.js';
import type { RetryOptions } from '../../broker-options.js';

/** Interval of look-ups of the topic, if there is no error; ms. */
const LOOK_UP_EVERY_MS = 10_000;

/** Consecutive failures of each leader. Partitions without a leader are counted together. */
export class LeaderFailures {
  readonly #counts = new Map<number, number>();

  constructor(readonly retry: RetryOptions) {}

  answered(leader: number): void {
    this.#counts.delete(leader);
  }

  /** @returns the wait before the next request, in ms */
  failed(leader: number): number {
    const count = this.#counts.get(leader) ?? 0;
    this.#counts.set(leader, count + 1);
    return Math.min(this.retry.retryMaxMs, this.retry.retryInitialMs * 2 ** count);
  }
}

export class Round {
  #endsAt = Date.now() + LOOK_UP_EVERY_MS;
  #hasAnswer = false;
  /** Failures that are held until it is known whether any leader answers. */
  #held: RxcamError[] = [];

  /** @param warn - receives the failures of some leaders while others answer */
  constructor(readonly failures: LeaderFailures, readonly warn: (error: RxcamError) => void) {}

  get isOver(): boolean { return Date.now() >= this.#endsAt; }
  /** Why no leader has answered. */
  get failure(): RxcamError | undefined { return this.#hasAnswer ? undefined : this.#held[0]; }

  /** Ends the round early, so that the topic is looked up again: called if the leader of a partition has changed. */
  end(): void {
    this.#endsAt = 0;
  }

  answered(leader: number): void {
    this.failures.answered(leader);
    this.#hasAnswer = true;
    for (const error of this.#held.splice(0)) this.warn(error);
  }

  failed(leader: number, error: RxcamError): void {
    this.#endsAt = Math.min(this.#endsAt, Date.now() + this.failures.failed(leader));
    if (this.#hasAnswer) this.warn(error);
    else this.#held.push(error);
  }
}
