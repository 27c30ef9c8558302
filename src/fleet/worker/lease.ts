/** The lease: the right to publish for a limited time. */
import { type Instant, instant } from '../../core/clock.js';

/**
 * A lease holds for a time after the last request that the coordinator accepted. Time counts from when the request was *sent*:
 * the coordinator's own clock starts later, when it arrives. It holds only while it holds by both clocks. A wall clock that was set
 * back is not used, so the lease is over until the next request.
 */
export class Lease {
  #sent: Instant | undefined;
  #held = false;
  /** Number of times that it has expired. */
  lapses = 0;

  /** @param durationMs - session timeout less a margin */
  constructor(readonly durationMs: number) {}

  /** Whether it holds. */
  get holds(): boolean {
    const holds = this.leftMs > 0;
    if (this.#held && !holds) this.lapses++;
    this.#held = holds;
    return holds;
  }

  /** Remaining time, in ms; 0 when it is over. */
  get leftMs(): number {
    if (this.#sent === undefined) return 0;
    const now = instant();
    const sinceWall = now.wall - this.#sent.wall;
    if (sinceWall < 0) return 0;
    return Math.max(0, this.durationMs - Math.max(sinceWall, now.mono - this.#sent.mono));
  }

  /** Renews the lease: the coordinator has accepted a request that was sent at this time. */
  confirm(sent: Instant): void {
    // Counts the lapse of a process that was suspended, before the lease is renewed.
    if (!this.holds) this.#sent = undefined;
    if (this.#sent === undefined || sent.mono >= this.#sent.mono) this.#sent = sent;
    this.#held = this.leftMs > 0;
  }

  /** Ends it: the worker is no longer a member. */
  end(): void {
    if (this.#held) this.lapses++;
    this.#sent = undefined;
    this.#held = false;
  }
}
