/** Counts the fake's processes, and logs the times when its source was open. */
import { asyncScheduler } from 'rxjs';
import type { EngineContext } from '../../src/core/engine/engine.js';
import type { SubscriptionFrames } from './diagram.js';
import { SubscriptionLog } from './subscription-log.js';

/** How a process ends: by itself at once, or by a signal after `killMs`. */
export type Ending = 'exited' | 'ended by a signal';

export class Processes {
  readonly #log = new SubscriptionLog();
  /** Number of processes now, including those that are ending. */
  running = 0;
  /** Largest number of processes at the same time. */
  peak = 0;

  /** @param killMs - time from the signal to the end of a process; ms */
  constructor(readonly killMs: number) {}

  /** One entry for each opening of the source. */
  get subscriptions(): SubscriptionFrames[] {
    return this.#log.entries;
  }

  /** Number of openings of the source. */
  get openings(): number {
    return this.subscriptions.length;
  }

  /** @param isSource - whether the process opens the source; otherwise it is fed with frames */
  start(context: EngineContext, isSource: boolean): (ending: Ending) => void {
    const release = context.hold();
    const close = isSource ? this.#log.open() : () => undefined;
    this.peak = Math.max(this.peak, ++this.running);
    let isEnding = false;
    const gone = () => {
      this.running--;
      release();
    };
    return (ending) => {
      if (isEnding) return;
      isEnding = true;
      close();
      if (ending === 'exited' || this.killMs === 0) gone();
      else asyncScheduler.schedule(gone, this.killMs);
    };
  }
}
