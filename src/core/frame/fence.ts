/** The right to publish for a camera, where several machines may want to. */
import type { Observable } from 'rxjs';

/**
 * A fence around the messages of one camera. `open`: they leave; `held`: they wait in the outbox, because it is not certain that
 * the camera is still this machine's; `fenced`: it is another's, and they are dropped, for good.
 */
export interface Fence {
  /** Read just before messages leave: a process that was stopped for a while must find out by itself. */
  readonly state: 'open' | 'held' | 'fenced';
  /** Rises with each owner: a consumer knows by it which of two senders is right. */
  readonly epoch: number;
  /** Emits when the state may have changed. */
  readonly changes$: Observable<unknown>;
  /**
   * For the first message of this owner to a topic and key: the id of the last one that was sent there before, or `unknown` where the
   * owner before did not hand the camera over. Undefined where nothing was sent before, as far as is known.
   */
  handover?(topic: string, key: string): string | undefined;
  /** A message was written: the last one so far to its topic and key. */
  sent?(topic: string, key: string, id: string): void;
}

/** The handover of an owner that no longer answered: what it had captured and not sent is missing, and nobody knows how much. */
export const UNKNOWN_HANDOVER = 'unknown';
