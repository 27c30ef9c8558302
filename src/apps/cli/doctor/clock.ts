/** The finding about another machine's clock. */
import type { ClockDifference } from '../../../core/clock.js';
import type { Finding } from './finding.js';

/** Largest difference that does not matter; a larger one shifts the results of searches by time; ms. */
const OFF_MS = 1_000;

/** The finding about a clock. @param whose - the machine @param why - the consequence of a wrong clock */
export function clockFinding(name: string, { aheadMs, withinMs }: ClockDifference, whose: string, why: string): Finding {
  const isOff = Math.abs(aheadMs) - withinMs > OFF_MS;
  const found = Math.abs(aheadMs) <= withinMs
    ? `that of ${whose} agrees with this one, to ${span(withinMs)}`
    : `that of ${whose} is ${span(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead of'} this one, ± ${span(withinMs)}`;
  return { name, state: isOff ? 'bad' : 'ok', found, facts: { clockMs: aheadMs, withinMs }, ...(isOff && { advice: `set both clocks by NTP (timedatectl status): ${why}` }) };
}

/** `12 ms`, `1.5 s`, `3 min`, `5 h`, `56 years`. */
function span(ms: number): string {
  const units: readonly (readonly [string, number])[] = [['years', 31_557_600_000], ['days', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]];
  const [unit, length] = units.find(([, of]) => ms >= 2 * of) ?? (ms >= 1_000 ? ['s', 1_000] : ['ms', 1]);
  const value = ms / length;
  return `${value >= 10 || unit === 'ms' ? Math.ceil(value).toFixed(0) : value.toFixed(1)} ${unit}`;
}
