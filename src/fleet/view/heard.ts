/** The time of a row: when it came, by this machine's clock; for a row that was there before, the time that its writer gave it. */
import { mono, wall } from '../../core/clock.js';

/** A time on both clocks: the wall's is shown, the monotonic one is counted by. */
export interface Heard { readonly at: number; readonly mono: number }

/**
 * @param writtenAt - by the clock of its writer
 * @param isLive - whether it came just now, and not with all that was there at the beginning
 */
export function heardNow(writtenAt: number, isLive: boolean): Heard {
  const now = wall();
  const at = isLive ? now : Math.min(now, writtenAt);
  return { at, mono: mono() - (now - at) };
}
