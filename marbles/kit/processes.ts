/** Counts the fake's processes, and logs when its source was open, in the form that `expectSubscriptions` takes. */
import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { EngineContext } from '../../src/core/engine/engine.js';
import type { SubscriptionFrames } from './diagram.js';

/** How a process ends: by itself it is gone at once; a signal takes its time. */
export type Ending = 'exited' | 'ended by a signal';

/** RxJS does not export the class of its subscription logs; strict comparisons look at the class too. */
const SubscriptionLog = TestScheduler.parseMarblesAsSubscriptions(null).constructor as
  new (subscribed: number, unsubscribed?: number) => SubscriptionFrames;

export class Processes {
  /** A log for each time the source was opened. */
  readonly subscriptions: SubscriptionFrames[] = [];
  /** Processes now, those included that are being ended. */
  running = 0;
  /** The most that ran at once. */
  peak = 0;

  /** @param killMs - from the signal to the end of a process; ms */
  constructor(readonly killMs: number) {}

  /** How many times the source was opened. */
  get openings(): number {
    return this.subscriptions.length;
  }

  /** @param isSource - whether the process opens the source, or is fed with frames */
  start(context: EngineContext, isSource: boolean): (ending: Ending) => void {
    const release = context.hold();
    const index = this.subscriptions.length;
    const subscribed = asyncScheduler.now();
    if (isSource) this.subscriptions.push(new SubscriptionLog(subscribed));
    this.peak = Math.max(this.peak, ++this.running);
    let isEnding = false;
    const gone = () => {
      this.running--;
      release();
    };
    return (ending) => {
      if (isEnding) return;
      isEnding = true;
      if (isSource) this.subscriptions[index] = new SubscriptionLog(subscribed, asyncScheduler.now());
      if (ending === 'exited' || this.killMs === 0) gone();
      else asyncScheduler.schedule(gone, this.killMs);
    };
  }
}
