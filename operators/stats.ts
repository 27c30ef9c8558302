/** stats: statistics from a stream of events, or of received messages. */
import { Observable, type OperatorFunction } from 'rxjs';
import { STATS } from '../src/core/defaults/defaults.js';
import type { CameraEvent } from '../src/core/events.js';
import { milliseconds, options, parseOptions } from '../src/core/options.js';
import { type CameraStats, ReceivedSampler, type ReceivedStats, StatsSampler, Tally, type VerdictCounts } from '../src/ledger/index.js';
import type { Gap, Received, Verified } from '../src/message/index.js';

/** Options of {@link stats}. */
export interface StatsConfig {
  /** Time between two values while the camera runs or messages arrive, in ms. Default 1,000; at least 1. */
  readonly every?: number | undefined;
}

const SCHEMA = options({ every: milliseconds().min(1).default(STATS.every) });

/** The input of `stats`: events of a camera, or values of `subscribe` or `verify`. */
export type StatsInput = CameraEvent | Received | Gap;

/** The output of `stats` for its input. */
export type StatsOf<V extends StatsInput> = V extends CameraEvent ? CameraStats
  : V extends Verified | Gap ? ReceivedStats & { readonly verdicts: VerdictCounts } : ReceivedStats;

/**
 * Folds events, or received messages, into statistics.
 *
 * ```
 *      -o-c-p-c-p-c-p-x|          opened, captured, published, stopped
 *          stats({ every: 5 })
 *      -a---b----c----d|
 * ```
 *
 * Emits a value every `every` ms while the camera runs, and at once when its state changes; the last one follows
 * `stopped`. Counts start at the subscription: `camera.stats$` is this operator over the events since the camera's
 * creation, replayed to late subscribers. The timer does not keep the process alive.
 *
 * After `subscribe` or `verify` it counts messages: it emits with the first one, every `every` ms from then on, at once with the
 * first gap since the last value, and at completion. A value has rates, the latency from capture to here, verdicts, and the missing
 * messages by cause; repeated and torn messages count if `verify` keeps them.
 *
 * Errors and completion pass; unsubscribing stops the timer.
 *
 * @example
 * ```ts
 * gate.events$.pipe(stats({ every: 10_000 })).subscribe((s) => console.log(s.rate.published));
 * messages.pipe(verify(), stats()).subscribe((s) => console.log(s.latency.p99, s.verdicts?.lost));
 * ```
 * @throws InvalidOption for `every` below 1
 */
export function stats<V extends StatsInput = CameraEvent>(config: StatsConfig = {}): OperatorFunction<V, StatsOf<V>> {
  const { every } = parseOptions('stats', SCHEMA, config);
  return (source) => new Observable<StatsOf<V>>((subscriber) => {
    const emit = (value: CameraStats | ReceivedStats) => { subscriber.next(value as StatsOf<V>); };
    const [events, messages] = [new EventStats(every, emit), new ReceivedSampler(every, emit)];
    subscriber.add(() => {
      events.sampler.stop();
      messages.stop();
    });
    subscriber.add(source.subscribe({
      next: (value: StatsInput) => {
        if ('type' in value) events.add(value);
        else messages.add(value);
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => {
        messages.end();
        subscriber.complete();
      },
    }));
  });
}

class EventStats {
  readonly tally = new Tally();
  readonly sampler: StatsSampler;

  constructor(every: number, emit: (value: CameraStats) => void) {
    this.sampler = new StatsSampler(this.tally, every, emit);
  }

  add(event: CameraEvent): void {
    this.tally.apply(event);
    this.sampler.changed();
  }
}
