/** stats: statistics from a stream of events. */
import { Observable, type OperatorFunction } from 'rxjs';
import { STATS } from '../src/core/defaults/defaults.js';
import type { CameraEvent } from '../src/core/events.js';
import { milliseconds, options, parseOptions } from '../src/core/options.js';
import { type CameraStats, StatsSampler, Tally } from '../src/ledger/index.js';

/** Options of {@link stats}. */
export interface StatsConfig {
  /** Time between two values while the camera runs, in ms. Default 1,000; at least 1. */
  readonly every?: number | undefined;
}

const schema = options({ every: milliseconds().min(1).default(STATS.every) });

/**
 * Folds events into statistics.
 *
 * ```
 *      -o-c-p-c-p-c-p-x|          opened, captured, published, stopped
 *          stats({ every: 5 })
 *      -a---b----c----d|
 * ```
 *
 * A value comes every `every` while the camera runs, and at once when its state changes; the last one follows
 * `stopped`. Counts start at the subscription: `camera.stats$` is this operator over the events since the camera's
 * creation, replayed to whoever comes late. The timer keeps no process alive.
 *
 * Errors and completion pass; unsubscribing stops the timer.
 *
 * @example
 * ```ts
 * gate.events$.pipe(stats({ every: 10_000 })).subscribe((s) => console.log(s.rate.published));
 * ```
 * @throws InvalidOption for `every` below 1
 */
export function stats(config: StatsConfig = {}): OperatorFunction<CameraEvent, CameraStats> {
  const { every } = parseOptions('stats', schema, config);
  return (events$) => new Observable((subscriber) => {
    const tally = new Tally();
    const sampler = new StatsSampler(tally, every, (value) => { subscriber.next(value); });
    subscriber.add(() => { sampler.stop(); });
    subscriber.add(events$.subscribe({
      next: (event) => {
        tally.apply(event);
        sampler.changed();
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    }));
  });
}
