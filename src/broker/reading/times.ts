/** The beginning and the end of a reading: times, and checks of the words. */
import { InvalidOption } from '../../core/errors/errors.js';
import type { From, To } from '../reader.js';

/** A time in ms since 1970; undefined for another kind of position. */
export function positionTime(position: unknown): number | undefined {
  if (position instanceof Date) return position.getTime();
  return typeof position === 'number' ? position : undefined;
}

/**
 * Checks the positions of a reading from a kind of broker whose messages have offsets.
 * @throws InvalidOption for the id of a Redis entry, and for an unknown word
 */
export function checkOffsetPositions(kind: string, from: From, to: To | undefined): void {
  for (const [option, position, words] of [['from', from, ["'latest'", "'earliest'"]], ['to', to, ["'latest'"]]] as const) {
    if (typeof position !== 'string' || words.some((word) => word === `'${position}'`)) continue;
    throw new InvalidOption(`subscribe: option '${option}': ${JSON.stringify(position)} given for ${kind}, expected ${words.join(', ')}, a time, or { offset }`);
  }
}
