/** The right to publish, for a time. */
import { mono, wall } from '../core/clock.js';

/** A moment on both clocks: either may stand still or jump, on a machine that sleeps or has its time set. */
export interface Instant {
  /** ms since 1970. */
  readonly wall: number;
  /** Monotonic ms. */
  readonly mono: number;
}

/** This moment. */
export function instant(): Instant {
  return { wall: wall(), mono: mono() };
}

/**
 * A lease holds for a time after the last request that the coordinator accepted. Time counts from when the request was *sent*:
 * the coordinator's own clock starts when it arrives, which is later. It holds only while both clocks say so. A wall clock that was set
 * back says nothing, so the lease is over until the next request.
 */
export class Lease {
  #sent: Instant | undefined;

  /** @param durationMs - session timeout less a margin */
  constructor(readonly durationMs: number) {}

  /** Whether it holds. */
  get holds(): boolean { return this.leftMs > 0; }

  /** How long it still holds, in ms; 0 when it is over. */
  get leftMs(): number {
    if (this.#sent === undefined) return 0;
    const now = instant();
    const sinceWall = now.wall - this.#sent.wall;
    if (sinceWall < 0) return 0;
    return Math.max(0, this.durationMs - Math.max(sinceWall, now.mono - this.#sent.mono));
  }

  /** The coordinator has accepted a request that was sent then. */
  confirm(sent: Instant): void {
    if (this.#sent === undefined || sent.mono >= this.#sent.mono) this.#sent = sent;
  }

  /** It is over: the worker is no member any more. */
  end(): void {
    this.#sent = undefined;
  }
}
