/** The fence of the messages of one slot's cameras. */
import { type Observable, Subject } from 'rxjs';
import { type Fence, UNKNOWN_HANDOVER } from '../../core/frame/fence.js';
import { type Handover, NO_HANDOVER } from '../worker-protocol.js';
import type { Lease } from './lease.js';

/** Open while the lease holds, and the slot has been claimed since the lease last ended. */
export class SlotFence implements Fence {
  epoch = -1;
  /** The handover of the former owners. */
  before: Handover = NO_HANDOVER;
  readonly #last = new Map<string, string>();
  /** Number of lapses of the lease when the claim was sent. */
  #lapses = -1;
  #isFinal = false;
  readonly #changes = new Subject<void>();
  readonly changes$: Observable<void> = this.#changes.asObservable();

  constructor(readonly lease: Lease) {}

  get state(): Fence['state'] {
    if (this.#isFinal) return 'fenced';
    return this.lease.holds && this.#lapses === this.lease.lapses ? 'open' : 'held';
  }

  /** The handover for the next owner. */
  get after(): Handover {
    return { last: new Map([...this.before.last, ...this.#last]), isWhole: this.before.isWhole };
  }

  handover(topic: string, key: string): string | undefined {
    const place = placeOf(topic, key);
    const { last, isWhole } = this.before;
    return this.#last.get(place) ?? last.get(place) ?? (isWhole ? undefined : UNKNOWN_HANDOVER);
  }

  sent(topic: string, key: string, id: string): void {
    this.#last.set(placeOf(topic, key), id);
  }

  /** Opens the fence: the slot is claimed. @param lapses - number of lapses of the lease when the claim was sent */
  claimed(epoch: number, lapses: number): void {
    this.epoch = epoch;
    this.#lapses = lapses;
    this.#changes.next();
  }

  /** Called when the lease was renewed: the fence may be open again. */
  renewed(): void {
    this.#changes.next();
  }

  /** Closes the fence permanently: another worker has the slot. */
  end(): void {
    if (this.#isFinal) return;
    this.#isFinal = true;
    this.#changes.next();
    this.#changes.complete();
  }
}

function placeOf(topic: string, key: string): string {
  return `${topic}\0${key}`;
}
