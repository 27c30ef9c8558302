/** Counts the fake's processes, and logs when its source was open. */
import { asyncScheduler } from 'rxjs';
import type { EngineContext } from '../../src/core/engine/engine.js';
import type { SubscriptionFrames } from './diagram.js';
import { SubscriptionLog } from './subscription-log.js';

/** How a process ends: by itself it is gone at once; a signal takes its time. */
export type Ending = 'exited' | 'ended by a signal';

export class Processes {
  readonly #log = new SubscriptionLog();
  /** Processes now, those included that are being ended. */
  running = 0;
  /** The most that ran at once. */
  peak = 0;

  /** @param killMs - from the signal to the end of a process; ms */
  constructor(readonly killMs: number) {}

  /** A log for each time the source was opened. */
  get subscriptions(): SubscriptionFrames[] {
    return this.#log.entries;
  }

  /** How many times the source was opened. */
  get openings(): number {
    return this.subscriptions.length;
  }

  /** @param isSource - whether the process opens the source, or is fed with frames */
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
