/** Logs the times when something was open, in the form of `expectSubscriptions`. */
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { SubscriptionFrames } from './diagram.js';

/** RxJS does not export the class of its subscription logs, but strict comparisons check it. */
const Log = TestScheduler.parseMarblesAsSubscriptions(null).constructor as new (subscribed: number, unsubscribed?: number) => SubscriptionFrames;

export class SubscriptionLog {
  /** One entry for each opening. */
  readonly entries: SubscriptionFrames[] = [];

  /** Opens it, until the returned function is called. */
  open(): () => void {
    const index = this.entries.length;
    const since = asyncScheduler.now();
    this.entries.push(new Log(since));
    return () => { this.entries[index] = new Log(since, asyncScheduler.now()); };
  }
}
