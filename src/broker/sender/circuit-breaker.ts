/** Whether the broker answers, and when to try again: after doubling waits, one request at a time until one is answered. */
import { mono } from '../../core/clock.js';
import { BROKER } from '../../core/defaults/defaults.js';
import type { RetryOptions } from '../broker-options.js';

const LEAST_SHARE = 1 / 128;
const SHARE_STEP = 1 / 16;

export class CircuitBreaker {
  /** Requests that failed, one after the other. */
  #failures = 0;
  /** Increases with each failure: outcomes of earlier requests do not count. */
  #epoch = 0;
  /** Requests of this epoch under way. */
  #underWay = 0;
  #notBefore = 0;
  #isHurried = false;
  #share = 1;

  constructor(readonly options: RetryOptions) {}

  get isHurried(): boolean { return this.#isHurried; }

  /**
   * Which share of the usual bytes to send: halved by each failure, since a request may be too large for the line
   * rather than the broker down; a sixteenth more with each answer.
   */
  get share(): number { return this.#share; }

  /** Monotonic time from which a request may start; Infinity while another must be answered first. */
  get dueAt(): number {
    return this.#failures > 0 && this.#underWay > 0 ? Infinity : this.#notBefore;
  }

  /** Whether the failures are reason to connect again. */
  get wantsReset(): boolean {
    return this.#failures > 0 && this.#failures % this.options.refreshAfterFailures === 0;
  }

  /** Ends long waits: the handle is closing. */
  hurry(): void {
    this.#isHurried = true;
    this.#notBefore = 0;
  }

  /** A request starts; pass the returned value to its end. */
  sent(): number {
    this.#underWay++;
    return this.#epoch;
  }

  /** False if the request started before the last failure. */
  answered(epoch: number): boolean {
    if (epoch !== this.#epoch) return false;
    this.#underWay--;
    this.#failures = 0;
    this.#share = Math.min(1, this.#share + SHARE_STEP);
    return true;
  }

  /** False if the request started before the last failure: several that fail together are one failure. */
  failed(epoch: number): boolean {
    if (epoch !== this.#epoch) return false;
    this.#epoch++;
    this.#underWay = 0;
    this.#failures++;
    this.#share = Math.max(LEAST_SHARE, this.#share / 2);
    this.#notBefore = mono() + this.waitMs(this.#failures);
    return true;
  }

  /** The wait after this number of failures in a row; ms. */
  waitMs(failures: number): number {
    const { retryInitialMs, retryMaxMs } = this.options;
    return this.#isHurried ? Math.min(BROKER.retryInitialMs, retryInitialMs) : Math.min(retryMaxMs, retryInitialMs * 2 ** (failures - 1));
  }
}
