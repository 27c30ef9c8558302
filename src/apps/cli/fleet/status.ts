/** The command `fleet status`: prints workers, and cameras with their owners, those in trouble first. */
import { createLogUpdate } from 'log-update';
import { type Observable, distinctUntilKeyChanged, filter, lastValueFrom, map, take, takeUntil, tap, throwError, timeout } from 'rxjs';
import { type FleetStatus, fleetStatus } from '../../../fleet/index.js';
import type { Colours } from '../flags/index.js';
import { ASSUMED_TERMINAL, READER_GONE_CODES, paintOn, stop$, writeWithin } from '../program/index.js';
import type { OpenFleet } from './open-fleet.js';
import { statusChanges, statusJson, statusText } from './status-text.js';

/** Silence after which a coordinator counts as unreachable; ms. */
const WITHIN_MS = 10_000;
/** Time limit for writing to a slow reader; ms. */
const WRITE_MS = 5_000;

export interface StatusOptions {
  readonly json: boolean;
  readonly isWatched: boolean;
  /** Whether to print all cameras, even if they do not fit on the terminal. */
  readonly showsAll: boolean;
  readonly color: Colours;
}

/** Prints the state of the fleet: once, or with `isWatched` until the program is stopped, in place on a terminal, otherwise after each change. */
export async function runStatus({ coordinator, target }: OpenFleet, options: StatusOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { address } = target.broker;
  const late = () => throwError(() => new Error(`${address} has not answered within ${WITHIN_MS / 1_000} s: check its address, and that it runs`));
  const states$ = fleetStatus(coordinator).pipe(timeout({ first: WITHIN_MS, with: late }));
  if (options.isWatched) await lastValueFrom(watched(states$, address, options, env).pipe(takeUntil(stop$)), { defaultValue: undefined });
  else {
    // Until its next report, a worker with a wrong clock would count as gone.
    const state = await lastValueFrom(states$.pipe(filter(({ isCertain }) => isCertain), take(1)));
    const text = options.json ? statusJson(state) : statusText(state, address, layoutOf(options, env));
    const error = await writeWithin(process.stdout, text, WRITE_MS);
    if (error !== undefined && !READER_GONE_CODES.has(error.code)) throw error;
  }
}

function watched(states$: Observable<FleetStatus>, address: string, options: StatusOptions, env: NodeJS.ProcessEnv): Observable<unknown> {
  // A terminal that can't move its cursor gets lines.
  if (options.json || !process.stdout.isTTY || env['TERM'] === 'dumb') {
    const keyOf = (state: FleetStatus) => (options.json ? JSON.stringify({ ...state, at: 0 }) : statusChanges(state));
    const textIn = (state: FleetStatus) => (options.json ? statusJson(state) : `${statusText(state, address, layoutOf(options, env))}\n`);
    return states$.pipe(
      map((state) => ({ state, key: keyOf(state) })), distinctUntilKeyChanged('key'), tap(({ state }) => { process.stdout.write(textIn(state)); }),
    );
  }
  const draw = createLogUpdate(process.stdout);
  return states$.pipe(tap({
    next: (state) => { draw(statusText(state, address, layoutOf(options, env))); },
    finalize: () => { draw.done(); },
  }));
}

function layoutOf({ showsAll, isWatched, color }: StatusOptions, env: NodeJS.ProcessEnv) {
  const { stdout } = process;
  const paint = paintOn(stdout, env, color);
  if (!stdout.isTTY) return { paint };
  const { columns, rows } = ASSUMED_TERMINAL;
  // Text that is printed once may be longer than the terminal, which scrolls; text that is redrawn in place may not.
  return { paint, columns: stdout.columns || columns, ...((isWatched || !showsAll) && { rows: stdout.rows || rows }) };
}
