/** Expectations for streams of large values, of which a test names the relevant parts. */
import { AssertionError } from 'node:assert';
import { type Observable, Subscription, asyncScheduler, filter } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { CameraEvent } from '../../src/core/events.js';
import type { CameraStats } from '../../src/ledger/index.js';
import { type TimedNotification, aligned } from './diagram.js';
import { atEnd, columnMsNow, parseDiagram } from './scheduler.js';

/** Some of a value's members, and of their members; omitted ones may have any value. */
export type Part<T> = T extends object ? { readonly [K in keyof T]?: Part<T[K]> | undefined } : T;

/** Options of an expectation. */
export interface ExpectConfig {
  /** Times of subscription and unsubscription: `^` and `!` as in RxJS's `expectObservable`. Default: at once, and never. */
  readonly subscription?: string;
  readonly error?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** Whether `actual` has all members of `part`. */
export function matches(actual: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(actual, part);
  if (typeof actual !== 'object' || actual === null) return false;
  const sameLength = !Array.isArray(part) || (Array.isArray(actual) && actual.length === part.length);
  return sameLength && Object.keys(part).every((key) => matches((actual as Members)[key], (part as Members)[key]));
}

/**
 * Expects values of which `values` names the relevant parts. Works only in virtual time; compares when no action is
 * left.
 *
 * @param diagram - times of the values, as in RxJS's `toBe`
 * @param values - for each letter, the members that a value must have; omitted ones may have any value. A letter without an
 *   entry is its own value
 * @throws AssertionError, from `run`, with two aligned diagrams
 */
export function expectParts<T>(
  source$: Observable<T>, diagram: string, values: Readonly<Record<string, Part<T>>>, config: ExpectConfig = {},
): void {
  compare(source$, diagram, values, config, config.subscription ?? '^');
}

/** @param subscription - undefined to subscribe now, before anything that the test subscribes in virtual time */
function compare(source$: Observable<unknown>, diagram: string, values: Members, config: ExpectConfig, marbles: string | undefined): void {
  const expected = parseDiagram(diagram, undefined, config.error).map((message) => named(message, values));
  const actual: TimedNotification[] = [];
  const options = { values, columnMs: columnMsNow(), isSame: matches };
  const subscription = recordInto(actual, source$, marbles);
  atEnd('an expectation', () => {
    subscription.unsubscribe();
    const isEqual = actual.length === expected.length && expected.every((one, index) => isAsExpected(actual[index], one));
    if (isEqual) return;
    const shown = actual.map((one) => shortened(one, values));
    throw new AssertionError({ message: `values are not as expected\n${aligned(expected, shown, options)}` });
  });
}

/**
 * Expects statistics.
 *
 * @example
 * ```ts
 * expectStats(gate.stats$, 'a 999ms b', { a: { state: 'connecting' }, b: { captured: 25, rate: { captured: 25 } } });
 * ```
 * @see expectParts
 */
export function expectStats(
  stats$: Observable<CameraStats>, diagram: string, values: Readonly<Record<string, Part<CameraStats>>>, config?: ExpectConfig,
): void {
  expectParts(stats$, diagram, values, config);
}

/**
 * Expects events of the types in `values`; ignores others.
 *
 * @param camera - a camera, or its events
 * @param diagram - letters of `values`, or none to expect no such event
 * @see expectParts
 */
export function expectEvents(
  camera: { readonly events$: Observable<CameraEvent> } | Observable<CameraEvent>, diagram: string,
  values: Readonly<Record<string, Part<CameraEvent> & { readonly type: CameraEvent['type'] }>>, config: ExpectConfig = {},
): void {
  const types = new Set(Object.values(values).map(({ type }) => type));
  // A camera is itself an Observable, of frames.
  const events$ = 'events$' in camera ? camera.events$ : camera;
  compare(events$.pipe(filter((event) => types.has(event.type))), diagram, values, config, config.subscription);
}

/** A letter without an entry is its own value. */
function named(message: TimedNotification, values: Readonly<Record<string, unknown>>): TimedNotification {
  const { notification } = message;
  if (notification.kind !== 'N') return message;
  const letter = notification.value as string;
  return { ...message, notification: { kind: 'N', value: letter in values ? values[letter] : letter } };
}

/** Subscribes in the order of the test's other expectations, as `expectObservable` does; without marbles, at once. */
function recordInto(actual: TimedNotification[], source$: Observable<unknown>, marbles: string | undefined): Subscription {
  const push = (notification: TimedNotification['notification']) => { actual.push({ frame: asyncScheduler.now(), notification }); };
  const subscription = new Subscription();
  const subscribe = () => {
    subscription.add(source$.subscribe({
      next: (value) => { push({ kind: 'N', value }); },
      error: (error: unknown) => { push({ kind: 'E', error }); },
      complete: () => { push({ kind: 'C' }); },
    }));
  };
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(marbles ?? '^', true);
  if (marbles === undefined) subscribe();
  else subscription.add(asyncScheduler.schedule(subscribe, subscribedFrame));
  if (Number.isFinite(unsubscribedFrame)) asyncScheduler.schedule(() => { subscription.unsubscribe(); }, unsubscribedFrame);
  return subscription;
}

function isAsExpected(actual: TimedNotification | undefined, { frame, notification: expected }: TimedNotification): boolean {
  if (actual?.frame !== frame) return false;
  const { notification } = actual;
  if (notification.kind === 'N') return expected.kind === 'N' && matches(notification.value, expected.value);
  if (notification.kind === 'E') return expected.kind === 'E' && (expected.error === 'error' || matches(notification.error, expected.error));
  return expected.kind === 'C';
}

/** A value with only the members that the test names, for the message. */
function shortened(message: TimedNotification, values: Members): TimedNotification {
  const parts = Object.values(values);
  const { notification } = message;
  if (notification.kind !== 'N' || parts.length === 0) return message;
  const value = parts.map((part) => project(notification.value, part)).reduce(merge);
  return { ...message, notification: { kind: 'N', value } };
}

function project(value: unknown, part: unknown): unknown {
  if (!isPlain(part) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(part).map((key) => [key, project((value as Members)[key], part[key])]));
}

function merge(one: unknown, other: unknown): unknown {
  if (!isPlain(one) || !isPlain(other)) return other;
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) result[key] = key in result ? merge(result[key], value) : value;
  return result;
}

function isPlain(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
