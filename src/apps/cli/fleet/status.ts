/** `rxcam fleet status`: workers, and cameras with their owners, those in trouble first. */
import { createLogUpdate } from 'log-update';
import { type Observable, distinctUntilKeyChanged, filter, lastValueFrom, map, take, takeUntil, tap, throwError, timeout } from 'rxjs';
import { type FleetStatus, fleetStatus } from '../../../fleet/index.js';
import type { Colours } from '../flags/index.js';
import { READER_GONE_CODES, paintOn, stop$, writeWithin } from '../program/index.js';
import type { OpenFleet } from './open-fleet.js';
import { statusChanges, statusJson, statusText } from './status-text.js';

/** Silence after which a coordinator counts as unreachable; ms. */
const WITHIN_MS = 10_000;
const WRITE_MS = 5_000;
/** Some pseudo-terminals report no size. */
const ASSUMED = { columns: 80, rows: 24 };

export interface StatusOptions {
  readonly json: boolean;
  readonly isWatched: boolean;
  /** Whether to print all cameras, even if they do not fit on the terminal. */
  readonly isWhole: boolean;
  readonly color: Colours;
}

/** Prints the state of the fleet; with `isWatched`, until the program is stopped: redrawn in place on a terminal, otherwise after each change. */
export async function runStatus({ coordinator, target }: OpenFleet, options: StatusOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { address } = target.broker;
  const late = () => throwError(() => new Error(`${address} has not answered within ${WITHIN_MS / 1_000} s: check its address, and that it runs`));
  const states$ = fleetStatus(coordinator).pipe(timeout({ first: WITHIN_MS, with: late }));
  if (options.isWatched) await lastValueFrom(watched(states$, address, options, env).pipe(takeUntil(stop$)), { defaultValue: undefined });
  else {
    // A worker with a wrong clock counts as gone until its next report.
    const state = await lastValueFrom(states$.pipe(filter(({ isCertain }) => isCertain), take(1)));
    const text = options.json ? statusJson(state) : statusText(state, address, sheetOf(options, env));
    const error = await writeWithin(process.stdout, text, WRITE_MS);
    if (error !== undefined && !READER_GONE_CODES.has(error.code)) throw error;
  }
}

function watched(states$: Observable<FleetStatus>, address: string, options: StatusOptions, env: NodeJS.ProcessEnv): Observable<unknown> {
  // A terminal that can't move its cursor gets lines.
  if (options.json || !process.stdout.isTTY || env['TERM'] === 'dumb') {
    const keyOf = (state: FleetStatus) => (options.json ? JSON.stringify({ ...state, at: 0 }) : statusChanges(state));
    const textIn = (state: FleetStatus) => (options.json ? statusJson(state) : `${statusText(state, address, sheetOf(options, env))}\n`);
    return states$.pipe(
      map((state) => ({ state, key: keyOf(state) })), distinctUntilKeyChanged('key'), tap(({ state }) => { process.stdout.write(textIn(state)); }),
    );
  }
  const draw = createLogUpdate(process.stdout);
  return states$.pipe(tap({
    next: (state) => { draw(statusText(state, address, sheetOf(options, env))); },
    finalize: () => { draw.done(); },
  }));
}

function sheetOf({ isWhole, isWatched, color }: StatusOptions, env: NodeJS.ProcessEnv) {
  const { stdout } = process;
  const paint = paintOn(stdout, env, color);
  if (!stdout.isTTY) return { paint };
  // Text that is printed once may be longer than the terminal, which scrolls; text that is redrawn in place may not.
  return { paint, columns: stdout.columns || ASSUMED.columns, ...((isWatched || !isWhole) && { rows: stdout.rows || ASSUMED.rows }) };
}
