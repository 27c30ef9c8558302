/** A driver from user code: its errors neither stop the queue nor show the credentials of its address. */
import { EMPTY, type Observable, catchError, defer, ignoreElements, map, throwError } from 'rxjs';
import type { RxcamError } from '../../core/errors/errors.js';
import { redactError } from '../../core/redact/redact-error.js';
import { redact, redactUrl, secretsOf } from '../../core/redact/redact.js';
import type { Driver, SendOutcome } from '../driver.js';

/** Methods that a driver may have, and that are passed on as they are. */
const OPTIONAL_METHODS = ['expectWrites', 'serverOf', 'readyAt', 'forget', 'prepare', 'coordination'] as const;

/** The driver under a guard. */
export function guardedDriver(driver: Driver): Driver {
  const methods = driver as unknown as Readonly<Record<string, ((...given: never) => unknown) | undefined>>;
  const hidden = (error: unknown): unknown => redactError(error, secretsOf(driver.address));
  const hide = <T>(source: Observable<T>) => source.pipe(catchError((error: unknown) => throwError(() => hidden(error))));
  return {
    kind: driver.kind,
    get address() { return redactUrl(driver.address); },
    get servers() { return driver.servers; },
    send: (batch) => hide(defer(() => driver.send(batch))).pipe(map((outcomes) => withoutSecrets(outcomes, hidden))),
    reset: (server) => { driver.reset(server); },
    close: () => defer(() => driver.close()).pipe(ignoreElements(), catchError(() => EMPTY)),
    ...(driver.warnings$ !== undefined && { warnings$: driver.warnings$.pipe(map((warning) => hidden(warning) as RxcamError)) }),
    ...(driver.refuses !== undefined && {
      refuses: (message) => {
        const reason = driver.refuses?.(message);
        return reason === undefined ? undefined : hidden(reason) as RxcamError;
      },
    }),
    ...(driver.topicProblem !== undefined && {
      topicProblem: (topic) => {
        const problem = driver.topicProblem?.(topic);
        return problem === undefined ? undefined : redact(problem, secretsOf(driver.address));
      },
    }),
    ...(driver.reader !== undefined && {
      reader: (request) => {
        const reader = driver.reader?.(request);
        if (reader === undefined) throw new TypeError('a reader was expected');
        return {
          retry: reader.retry,
          read: (gate, warn) => hide(defer(() => reader.read(gate, (error) => { warn(hidden(error) as RxcamError); }))),
          ...(reader.acknowledged !== undefined && { acknowledged: (message) => reader.acknowledged?.(message) }),
        };
      },
    }),
    ...Object.fromEntries(OPTIONAL_METHODS.flatMap((name) => {
      const method = methods[name];
      return method === undefined ? [] : [[name, method.bind(driver)]];
    })),
  };
}

/** Most answers contain no error: they are not copied. */
function withoutSecrets(outcomes: readonly SendOutcome[], hidden: (error: unknown) => unknown): readonly SendOutcome[] {
  if (!outcomes.some((one) => 'error' in one)) return outcomes;
  return outcomes.map((one) => ('error' in one ? { ...one, error: hidden(one.error) as RxcamError } : one));
}
