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
}
