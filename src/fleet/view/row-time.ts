/** The time of a row: its arrival, by this machine's clock; for a row that was there before, its writer's time. */
import { mono, wall } from '../../core/clock.js';

/** A time on both clocks: wall clock to show, monotonic to measure. */
export interface RowTime { readonly at: number; readonly mono: number }

/**
 * @param writtenAt - by the clock of its writer
 * @param isLive - whether it has just arrived, as opposed to the rows that existed at the start
 */
export function rowTime(writtenAt: number, isLive: boolean): RowTime {
  const now = wall();
  const at = isLive ? now : Math.min(now, writtenAt);
  return { at, mono: mono() - (now - at) };
}
