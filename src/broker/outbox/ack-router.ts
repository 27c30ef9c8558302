/** Passes the acknowledgements of one run to `publish`, and keeps them while `publish` is not subscribed. */
import type { RecordOwner } from '../../ledger/index.js';
import type { Published } from '../../core/frame/frame.js';

/** Receives the results of a run's messages. */
export interface AckListener {
  acknowledged(ack: Published): void;
  /** Called after each message that is acknowledged or dropped. */
  settled(): void;
}

/**
 * A camera that reconnects subscribes to `publish` again: messages that are still in the outbox are acknowledged to
 * the router of the run, and the next subscription attaches to it. It keeps at most as many as the outbox had.
 */
export class AckRouter {
  #pending = 0;
  #kept: Published[] = [];
  #listener: AckListener | undefined;

  constructor(readonly owner: RecordOwner | undefined) {}

  /** Messages that are neither acknowledged nor dropped. */
  get pending(): number { return this.#pending; }
  get isAttached(): boolean { return this.#listener !== undefined; }
  /** Whether no more acknowledgements can arrive. */
  get isSpent(): boolean { return this.#pending === 0 && this.#kept.length === 0; }

  attach(listener: AckListener): void {
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
