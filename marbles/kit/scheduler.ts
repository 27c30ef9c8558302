/** Virtual time: a TestScheduler that shows failed expectations as two aligned diagrams. */
import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { asyncScheduler } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { isVirtual } from '../../src/core/clock.js';
import { type SubscriptionFrames, type TimedNotification, aligned, alignedSubscriptions } from './diagram.js';

/** Options of {@link marbles}. */
export interface MarblesConfig {
  /** Virtual ms of one column of a diagram. Default 1, as in RxJS. Does not affect time progression (` 5s `). */
  readonly columnMs?: number;
}

/** End of virtual time: a test that still runs after a day has forgotten to unsubscribe. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** Time at which expectations are compared, with nothing else due. */
const CHECK_AT_MS = DAY_MS + 0.5;

/** Fails where RxJS's own scheduler would never end. */
class MarbleScheduler extends TestScheduler {
  override flush(): void {
    const isRunMode = this.maxFrames === Infinity;
    if (isRunMode && this.frame < DAY_MS) this.schedule(() => { this.#refuseEndless(); }, DAY_MS - this.frame);
    super.flush();
  }

  #refuseEndless(): void {
    if (this.actions.every((action) => action.delay === CHECK_AT_MS)) return;
    const advice = 'unsubscribe Observables that never complete, such as a camera with retry';
    throw new AssertionError({ message: `an Observable is still active after a day of virtual time: ${advice}` });
  }
}

/**
 * A TestScheduler for `run` mode. A failed expectation throws an AssertionError with two aligned diagrams; a test that is still
 * active after a day of virtual time throws one with a message.
 */
export function createScheduler(): TestScheduler {
  return new MarbleScheduler((actual: unknown, expected: unknown) => {
    if (isDeepStrictEqual(actual, expected)) return;
    throw new AssertionError({ message: explain(expected, actual) });
  });
}

/**
 * Runs a test in virtual time.
 *
 * @example
 * ```ts
 * marbles(({ cold, expectObservable }) => {
 *   expectObservable(cold('-a-|').pipe(delay(2))).toBe('---a-|');
 * });
 * ```
 * @param test - receives RxJS's helpers; virtual time runs when it returns
 * @returns what `test` returned
 */
export function marbles<T>(test: (helpers: RunHelpers) => T, { columnMs = 1 }: MarblesConfig = {}): T {
  return createScheduler().run((helpers) => {
    // `run` sets it to 1 and restores it at its end.
    TestScheduler.frameTimeFactor = columnMs;
    return test(helpers);
  });
}

/** The notifications of a diagram. Outside of virtual time a column is 1 ms. */
export function parseDiagram(diagram: string, values?: Readonly<Record<string, unknown>>, error?: unknown): TimedNotification[] {
  if (diagram.includes('^')) throw new Error(`'${diagram}': '^' has no meaning here`);
  const factor = TestScheduler.frameTimeFactor;
  TestScheduler.frameTimeFactor = columnMsNow();
  try {
    return TestScheduler.parseMarbles(diagram, values, error, false, true);
  } finally {
    TestScheduler.frameTimeFactor = factor;
  }
}

/** Current length of one column of a diagram, in ms. */
export function columnMsNow(): number {
  return isVirtual() ? TestScheduler.frameTimeFactor : 1;
}

/** Calls `check` when no action is left; an error that it throws fails the test. */
export function atEnd(what: string, check: () => void): void {
  if (!isVirtual()) throw new Error(`${what} works in virtual time only: call it within marbles(…) or testScheduler.run(…)`);
  asyncScheduler.schedule(check, Math.max(0, CHECK_AT_MS - asyncScheduler.now()));
}

function explain(expected: unknown, actual: unknown): string {
  const options = { columnMs: TestScheduler.frameTimeFactor };
  if (isList<TimedNotification>(expected, 'notification') && isList<TimedNotification>(actual, 'notification')) {
    return `values are not as expected\n${aligned(expected, actual, options)}`;
  }
  const diagrams = alignedSubscriptions(expected as SubscriptionFrames[], actual as SubscriptionFrames[], options);
  return `subscriptions are not as expected\n${diagrams}`;
}

function isList<T>(list: unknown, key: keyof T & string): list is T[] {
  return Array.isArray(list) && list.every((one: object) => key in one);
}
