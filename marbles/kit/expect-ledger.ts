/** expectLedger: checks the account of every frame after each event. */
import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import type { Observable } from 'rxjs';
import type { CameraEvent } from '../../src/core/events.js';
import type { CameraStats } from '../../src/ledger/index.js';

/** A camera to check, fake or real. */
export interface Accountable {
  readonly key: string;
  readonly events$: Observable<CameraEvent>;
  readonly stats: CameraStats;
}

/** A check that continues until it is ended. */
export interface LedgerCheck {
  /** Throws if the ledger did not balance at any time, even if it has already thrown. */
  verify(): void;
  /** The same, and throws if a frame is still in flight. */
  verifySettled(): void;
  /** Ends the check. */
  unsubscribe(): void;
}

/** Events kept for the message. */
const TRAIL = 12;

/**
 * Checks after every event that captured = published + delivered + skipped + Σ dropped + in flight, and that no count
 * is below zero. Throws with the counts and the last events: in virtual time from `run`; otherwise as an uncaught
 * error, and from `verify`.
 */
export function expectLedger(camera: Accountable): LedgerCheck {
  const trail: CameraEvent[] = [];
  let failure: AssertionError | undefined;
  const verify = () => { if (failure !== undefined) throw failure; };
  const fail = (problem: string) => {
    const message = `${camera.key}: ${problem}\n${shown(camera.stats)}\nlast events:\n${trail.map(line).join('\n')}`;
    failure ??= new AssertionError({ message });
    throw failure;
  };
  const subscription = camera.events$.subscribe((event) => {
    trail.push(event);
    if (trail.length > TRAIL) trail.shift();
    const problem = imbalance(camera.stats);
    if (problem !== undefined && failure === undefined) fail(problem);
  });
  return {
    verify,
    verifySettled: () => {
      verify();
      if (camera.stats.inFlight !== 0) fail('frames are in flight');
    },
    unsubscribe: () => { subscription.unsubscribe(); },
  };
}

/** The error in the account; undefined if it balances. */
export function imbalance(stats: CameraStats): string | undefined {
  const { captured, published, delivered, skipped, dropped, inFlight, inFlightBy } = stats;
  const counts = { captured, published, delivered, skipped, ...dropped, ...inFlightBy };
  const negative = Object.entries(counts).find(([, value]) => value < 0);
  if (negative !== undefined) return `${negative[0]} is ${negative[1]}`;
  const total = published + delivered + skipped + sum(dropped) + inFlight;
  if (total === captured && sum(inFlightBy) === inFlight) return undefined;
  return `the ledger does not balance: captured ${captured}, accounted for ${total}`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}

function shown({ captured, published, delivered, skipped, dropped, inFlightBy }: CameraStats): string {
  const sums = `published ${published} + delivered ${delivered} + skipped ${skipped} + dropped ${some(dropped)}`;
  return `captured ${captured} = ${sums} + in flight ${some(inFlightBy)}`;
}

function some(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts).filter(([, value]) => value !== 0).map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? '0' : `(${named.join(' + ')})`;
}

function line({ camera: _, at, run, type, ...facts }: CameraEvent): string {
  return `  ${at} ms, run ${run}: ${type} ${inspect(facts, { breakLength: Infinity, depth: 1 })}`;
}
