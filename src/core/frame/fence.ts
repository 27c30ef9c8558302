/** The right to publish for a camera, if several machines may run it. */
import type { Observable } from 'rxjs';

/**
 * A fence around the messages of one camera. `open`: they are sent; `held`: they wait in the outbox, because this machine may have
 * lost the camera; `fenced`: another machine has it, and they are dropped.
 */
export interface Fence {
  /** Read just before messages are sent: a process that was stopped for a while must notice by itself that it lost the camera. */
  readonly state: 'open' | 'held' | 'fenced';
  /** Increases with each owner: of two senders, a consumer trusts the one with the higher epoch. */
  readonly epoch: number;
  /** Emits when the state may have changed. */
  readonly changes$: Observable<unknown>;
  /**
   * For the first message of this owner to a topic and key: the id of the last message that the former owner sent there, or
   * `unknown` if that owner did not release the camera. Undefined if no earlier message is known.
   */
  handover?(topic: string, key: string): string | undefined;
  /** Called when a message was written: it is the last one so far to its topic and key. */
  sent?(topic: string, key: string, id: string): void;
}

/** The handover of an owner that no longer answered: an unknown number of pictures that it captured were not sent, and are missing. */
export const UNKNOWN_HANDOVER = 'unknown';
