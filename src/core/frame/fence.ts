/** The right to publish for a camera, if several machines may run it. */
import type { Observable } from 'rxjs';

/**
 * A fence around the messages of one camera. `open`: they leave; `held`: they wait in the outbox, because it is not certain that
 * the camera is still this machine's; `fenced`: another machine has it, and they are dropped.
 */
export interface Fence {
  /** Read just before messages leave: a process that was stopped for a while must find out by itself. */
  readonly state: 'open' | 'held' | 'fenced';
  /** Increases with each owner: of two senders, a consumer trusts the one with the higher epoch. */
  readonly epoch: number;
  /** Emits when the state may have changed. */
  readonly changes$: Observable<unknown>;
  /**
   * For the first message of this owner to a topic and key: the id of the last one that was sent there before, or `unknown` if the
   * former owner did not release the camera. Undefined if no message was sent before, as far as is known.
   */
  handover?(topic: string, key: string): string | undefined;
  /** A message was written: the last one so far to its topic and key. */
  sent?(topic: string, key: string, id: string): void;
}

/** The handover of an owner that no longer answered: pictures that it had captured and not sent are missing, in an unknown number. */
export const UNKNOWN_HANDOVER = 'unknown';
