/** Ids of Redis entries: `time in ms-number`. */
import { InvalidOption } from '../../../core/errors/errors.js';
import { positionTime } from '../../reading/index.js';

const LAST_NUMBER = 2n ** 64n - 1n;
const ID = /^(\d{1,20})(?:-(\d{1,20}))?$/;

export const FIRST_ID = '0-0';

/** Negative if `a` is before `b`. */
export function compareIds(a: string, b: string): number {
  const [aTime, aNumber] = partsOf(a);
  const [bTime, bNumber] = partsOf(b);
  if (aTime !== bTime) return aTime < bTime ? -1 : 1;
  return aNumber === bNumber ? 0 : aNumber < bNumber ? -1 : 1;
}

/** The id before this one. */
export function idBefore(id: string): string {
  const [time, number] = partsOf(id);
  if (number > 0n) return `${time}-${number - 1n}`;
  return time === 0n ? FIRST_ID : `${time - 1n}-${LAST_NUMBER}`;
}

/** Time of an entry, in ms since 1970. */
export function timeOfId(id: string): number {
  return Number(partsOf(id)[0]);
}

/** The last possible id of an entry with this id or time; undefined for another kind of position. */
export function lastIdOf(place: unknown): string | undefined {
  const time = positionTime(place);
  if (time !== undefined) return `${Math.max(0, Math.floor(time))}-${LAST_NUMBER}`;
  return typeof place === 'string' && ID.test(place) ? place : undefined;
}

/** The id after which reading begins; undefined for a position that is neither an id nor a time. */
export function idBeforePosition(place: unknown): string | undefined {
  const time = positionTime(place);
  if (time !== undefined) return idBefore(`${Math.max(0, Math.ceil(time))}-0`);
  return typeof place === 'string' && ID.test(place) ? idBefore(place) : undefined;
}

/** @throws InvalidOption for a string that is not an id */
export function checkId(option: string, place: unknown, words: readonly string[]): void {
  if (typeof place !== 'string' || words.includes(place) || ID.test(place)) return;
  throw new InvalidOption(`subscribe: option '${option}': ${JSON.stringify(place)} given, expected ${words.map((word) => `'${word}'`).join(', ')}, `
    + "a time, or an entry's id: '1700000000000-0'");
}

function partsOf(id: string): [bigint, bigint] {
  const [, time = '0', number = '0'] = ID.exec(id) ?? [];
  return [BigInt(time), BigInt(number)];
}
