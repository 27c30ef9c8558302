/** runConfig(): the cameras of a configuration as one Observable. */
import { Observable, type Subscription, filter, isObservable, of, takeWhile } from 'rxjs';
import type { Config } from '../config.js';
import { ConfigRunner, type RunOptions, type RunningConfig } from './runner.js';

/**
 * Runs the cameras of a configuration, and emits the running cameras: at the start, with each further configuration, and when a
 * camera ends. A further configuration affects only cameras that have changed; the others lose no picture.
 *
 * - Error: InvalidOption for a configuration that is not from `parseConfig`; any error of the Observable of configurations.
 * - Completion: when the configurations have completed and all cameras have ended.
 * - Unsubscription: stops the cameras; the brokers send the messages that are left, within `closeDeadlineMs`.
 *
 * @example
 * ```ts
 * runConfig(watchConfig('cameras.yaml')).subscribe(({ cameras }) => console.log(cameras.map(({ name }) => name)));
 * ```
 */
export function runConfig(config: Config | Observable<Config>, options: RunOptions = {}): Observable<RunningConfig> {
  return new Observable((subscriber) => {
    const runner = new ConfigRunner(options);
    let isLast = false;
    const done = () => isLast && runner.running.cameras.every(({ ended }) => ended !== undefined);
    subscriber.add(() => { void runner.stop(); });
    const configs: Subscription = (isObservable(config) ? config : of(config)).subscribe({
      next: (one) => {
        try {
          runner.apply(one);
        } catch (error) {
          subscriber.error(error);
        }
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => {
        isLast = true;
        if (done()) subscriber.complete();
      },
    });
    subscriber.add(configs);
    const running$ = runner.running$.pipe(filter(({ cameras, brokers }) => cameras.length + brokers.length > 0), takeWhile(() => !done(), true));
    subscriber.add(running$.subscribe(subscriber));
  });
}
