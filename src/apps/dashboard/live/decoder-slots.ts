/** Slots for decoders: live views come first, and cards take turns if there are more of them than slots. */
import { mono } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';

/** Requests a slot. */
export interface SlotRequest {
  /** A live view keeps its slot while it is watched. */
  readonly isLive: boolean;
  granted(): void;
  revoked(): void;
}

export class Slots {
  readonly #holders = new Map<SlotRequest, number>();
  readonly #waiting = new Set<SlotRequest>();

  constructor(readonly count: number) {}

  has(claimant: SlotRequest): boolean {
    return this.#holders.has(claimant);
  }

  claim(claimant: SlotRequest): void {
    if (this.#holders.has(claimant) || this.#waiting.has(claimant)) return;
    this.#waiting.add(claimant);
    this.#grant();
  }

  release(claimant: SlotRequest): void {
    this.#waiting.delete(claimant);
    if (this.#holders.delete(claimant)) {
      claimant.revoked();
      this.#grant();
    }
  }

  /** Called when a card has got a picture: after its turn, its slot goes to the next one that waits. */
  served(claimant: SlotRequest): void {
    const since = this.#holders.get(claimant);
    if (since === undefined || claimant.isLive || this.#waiting.size === 0 || mono() - since < DASHBOARD.decoderTurnMs) return;
    this.#holders.delete(claimant);
    claimant.revoked();
    this.#waiting.add(claimant);
    this.#grant();
  }

  #grant(): void {
    for (;;) {
      const all = [...this.#waiting];
      const next = all.find(({ isLive }) => isLive) ?? all[0];
      if (next === undefined) return;
      if (this.#holders.size >= this.count && !this.#makeRoom(next)) return;
      this.#waiting.delete(next);
      this.#holders.set(next, mono());
      next.granted();
    }
  }

  /** Frees a slot for a live view: that of the card that has had one longest. */
  #makeRoom({ isLive }: SlotRequest): boolean {
    const card = isLive ? [...this.#holders.keys()].find((one) => !one.isLive) : undefined;
    if (card === undefined) return false;
    this.#holders.delete(card);
    card.revoked();
    this.#waiting.add(card);
    return true;
  }
}
