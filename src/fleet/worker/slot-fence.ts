/** The fence of the messages of one slot's cameras. */
import { type Observable, Subject } from 'rxjs';
import type { Fence } from '../../core/frame/fence.js';
import type { Lease } from './lease.js';

/** Open while the lease holds, and the slot has been claimed since the lease last ended. */
export class SlotFence implements Fence {
  epoch = -1;
  /** How often the lease had ended when the claim was sent. */
  #lapses = -1;
  #isFinal = false;
  readonly #changes = new Subject<void>();
  readonly changes$: Observable<void> = this.#changes.asObservable();

  constructor(readonly lease: Lease) {}

  get state(): Fence['state'] {
    if (this.#isFinal) return 'fenced';
    return this.lease.holds && this.#lapses === this.lease.lapses ? 'open' : 'held';
  }

  /** The slot is claimed. @param lapses - how often the lease had ended when the claim was sent */
  claimed(epoch: number, lapses: number): void {
    this.epoch = epoch;
    this.#lapses = lapses;
    this.#changes.next();
  }

  /** The lease may hold again. */
  renewed(): void {
    this.#changes.next();
  }

  /** Another worker has the slot. */
  end(): void {
    if (this.#isFinal) return;
    this.#isFinal = true;
    this.#changes.next();
    this.#changes.complete();
  }
}
