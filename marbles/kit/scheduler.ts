/** Virtual time: a TestScheduler whose failed expectations are two aligned diagrams. */
import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { asyncScheduler } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { isVirtual } from '../../src/core/clock.js';
import { type SubscriptionFrames, type TimedNotification, aligned, alignedSubscriptions } from './diagram.js';

/** Options of {@link marbles}. */
export interface MarblesConfig {
  /** Virtual ms that one column of a diagram stands for. Default 1, as in RxJS. Time progression (` 5s `) is not concerned. */
  readonly columnMs?: number;
}

/** Virtual time ends here: a test that still runs after a day has forgotten to unsubscribe something. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** When expectations are compared: a time at which nothing else is due. */
const CHECK_AT_MS = DAY_MS + 0.5;

/** Fails where RxJS's own would go on for ever. */
class MarbleScheduler extends TestScheduler {
  override flush(): void {
    const isRunMode = this.maxFrames === Infinity;
    if (isRunMode && this.frame < DAY_MS) this.schedule(() => { this.#refuseEndless(); }, DAY_MS - this.frame);
    super.flush();
  }

  #refuseEndless(): void {
    if (this.actions.every((action) => action.delay === CHECK_AT_MS)) return;
    const advice = 'unsubscribe what never completes, such as a camera with retry';
    throw new AssertionError({ message: `after a day of virtual time something still goes on: ${advice}` });
  }
}

/**
 * A TestScheduler for use in `run` mode. What is not as expected throws an AssertionError with two aligned diagrams; so
 * does, with a message, what still goes on after a day of virtual time.
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
 * @param test - gets RxJS's own helpers; virtual time runs when it returns
 * @returns what `test` returned
 */
export function marbles<T>(test: (helpers: RunHelpers) => T, { columnMs = 1 }: MarblesConfig = {}): T {
  return createScheduler().run((helpers) => {
    // `run` sets it to 1 and puts the old value back at its end.
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

/** What one column of a diagram stands for now, in ms. */
export function columnMsNow(): number {
  return isVirtual() ? TestScheduler.frameTimeFactor : 1;
}

/** Calls `check` when nothing is left to happen; what it throws fails the test. */
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
