/** Checks times and words given as the beginning or end of a reading. */
import { InvalidOption } from '../../core/errors/errors.js';
import type { From, To } from '../reader.js';

/** A time in ms since 1970; undefined for another kind of position. */
export function positionTime(place: unknown): number | undefined {
  if (place instanceof Date) return place.getTime();
  return typeof place === 'number' ? place : undefined;
}

/** Checks positions, for brokers whose messages have offsets. @throws InvalidOption for the id of a Redis entry, and for unknown words */
export function refuseIds(kind: string, from: From, to: To | undefined): void {
  for (const [option, place, words] of [['from', from, ["'latest'", "'earliest'"]], ['to', to, ["'latest'"]]] as const) {
    if (typeof place !== 'string' || words.some((word) => word === `'${place}'`)) continue;
    throw new InvalidOption(`subscribe: option '${option}': ${JSON.stringify(place)} given for ${kind}, expected ${words.join(', ')}, a time, or { offset }`);
  }
}
