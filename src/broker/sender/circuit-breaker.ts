/** Tracks whether a server answers, and when to try again: after doubling waits, one request at a time until one is answered. */
import { mono } from '../../core/clock.js';
import { BROKER } from '../../core/defaults/defaults.js';
import type { RetryOptions } from '../broker-options.js';

/** Limits of `share`, and its increase with each answer. */
const MIN_SHARE = 1 / 128;
const SHARE_STEP = 1 / 16;

export class CircuitBreaker {
  /** Consecutive failures. */
  #failures = 0;
  /** Increases with each failure: outcomes of requests of an earlier epoch do not count. */
  #epoch = 0;
  /** Requests of this epoch that have no outcome yet. */
  #inFlight = 0;
  #notBefore = 0;
  #isHurried = false;
  #share = 1;

  constructor(readonly options: RetryOptions) {}

  get isHurried(): boolean { return this.#isHurried; }

  /**
   * Share of the usual bytes that may be sent, up to 1: each failure halves it, because a request may be too large for the network
   * while the server is up; each answer adds a sixteenth.
   */
  get share(): number { return this.#share; }

  /** Monotonic time in ms from which a request may start; Infinity while another must be answered first. */
  get dueAt(): number {
    return this.#failures > 0 && this.#inFlight > 0 ? Infinity : this.#notBefore;
  }

  /** Whether the connection must be replaced after this number of failures. */
  get wantsReset(): boolean {
    return this.#failures > 0 && this.#failures % this.options.refreshAfterFailures === 0;
  }

  /** Ends long waits: the handle is closing. */
  hurry(): void {
    this.#isHurried = true;
    this.#notBefore = 0;
  }

  /** Called when a request starts. Pass the returned epoch to `answered` or `failed`. */
  started(): number {
    this.#inFlight++;
    return this.#epoch;
  }

  /** Called with the answer to a request; false if the request started before the last failure. */
  answered(epoch: number): boolean {
    if (epoch !== this.#epoch) return false;
    this.#inFlight--;
    this.#failures = 0;
    this.#share = Math.min(1, this.#share + SHARE_STEP);
    return true;
  }

  /** Called when a request has failed; false if it started before the last failure: several that fail together are one failure. */
  failed(epoch: number): boolean {
    if (epoch !== this.#epoch) return false;
    this.#epoch++;
    this.#inFlight = 0;
    this.#failures++;
    this.#share = Math.max(MIN_SHARE, this.#share / 2);
    this.#notBefore = mono() + this.waitMs(this.#failures);
    return true;
  }

  /** The wait after this number of consecutive failures, in ms. */
  waitMs(failures: number): number {
    const { retryInitialMs, retryMaxMs } = this.options;
    return this.#isHurried ? Math.min(BROKER.retryInitialMs, retryInitialMs) : Math.min(retryMaxMs, retryInitialMs * 2 ** (failures - 1));
  }
}
