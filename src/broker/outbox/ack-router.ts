/** Passes the acknowledgements of one run to `publish`, and keeps them while `publish` is not subscribed. */
import type { RecordOwner } from '../../ledger/index.js';
import type { Published } from '../../core/frame/frame.js';

/** Called when a message is acknowledged or dropped. */
export interface Listener {
  acknowledged(ack: Published): void;
  settled(): void;
}

/**
 * A camera that reconnects subscribes to `publish` again; messages still in the outbox are acknowledged to
 * the router of the run, and the next subscription attaches to it. It can keep no more than the outbox held.
 */
export class AckRouter {
  #pending = 0;
  #kept: Published[] = [];
  #listener: Listener | undefined;

  constructor(readonly owner: RecordOwner | undefined) {}

  /** Messages that are neither acknowledged nor dropped. */
  get pending(): number { return this.#pending; }
  get isAttached(): boolean { return this.#listener !== undefined; }
  /** Whether no more acknowledgements can arrive. */
  get isSpent(): boolean { return this.#pending === 0 && this.#kept.length === 0; }

  attach(listener: Listener): void {
    this.#listener = listener;
    const kept = this.#kept;
    this.#kept = [];
    for (const ack of kept) listener.acknowledged(ack);
  }

  detach(): void {
    this.#listener = undefined;
  }

  offered(): void {
    this.#pending++;
  }

  acknowledged(ack: Published): void {
    this.#pending--;
    if (this.#listener === undefined) this.#kept.push(ack);
    else this.#listener.acknowledged(ack);
    this.#listener?.settled();
  }

  dropped(): void {
    this.#pending--;
    this.#listener?.settled();
  }
}
