/** Ids of Redis entries: a time in ms since 1970, `-`, and a sequence number. */
import { InvalidOption } from '../../../core/errors/errors.js';
import { positionTime } from '../../reading/index.js';

const MAX_SEQUENCE = 2n ** 64n - 1n;
const ID = /^(\d{1,20})(?:-(\d{1,20}))?$/;

export const FIRST_ID = '0-0';

/** Compares two ids: negative if `a` is before `b`, 0 if they are equal. */
export function compareIds(a: string, b: string): number {
  const [aTime, aSequence] = partsOf(a);
  const [bTime, bSequence] = partsOf(b);
  if (aTime !== bTime) return aTime < bTime ? -1 : 1;
  return aSequence === bSequence ? 0 : aSequence < bSequence ? -1 : 1;
}

/** The id directly before this one; the first id has none, and is returned. */
export function idBefore(id: string): string {
  const [time, sequence] = partsOf(id);
  if (sequence > 0n) return `${time}-${sequence - 1n}`;
  return time === 0n ? FIRST_ID : `${time - 1n}-${MAX_SEQUENCE}`;
}

/** Time of an entry, in ms since 1970. */
export function timeOfId(id: string): number {
  return Number(partsOf(id)[0]);
}

/** The last possible id of an entry at this id or time; undefined for another kind of position. */
export function lastIdOf(position: unknown): string | undefined {
  const time = positionTime(position);
  if (time !== undefined) return `${Math.max(0, Math.floor(time))}-${MAX_SEQUENCE}`;
  return typeof position === 'string' && ID.test(position) ? position : undefined;
}

/** The id after which reading from this id or time begins; undefined for another kind of position. */
export function idBeforePosition(position: unknown): string | undefined {
  const time = positionTime(position);
  if (time !== undefined) return idBefore(`${Math.max(0, Math.ceil(time))}-0`);
  return typeof position === 'string' && ID.test(position) ? idBefore(position) : undefined;
}

/** @throws InvalidOption for a string that is neither an id nor one of `words` */
export function checkId(option: string, position: unknown, words: readonly string[]): void {
  if (typeof position !== 'string' || words.includes(position) || ID.test(position)) return;
  throw new InvalidOption(`subscribe: option '${option}': ${JSON.stringify(position)} given, expected ${words.map((word) => `'${word}'`).join(', ')}, `
    + "a time, or an entry's id: '1700000000000-0'");
}

function partsOf(id: string): [timeMs: bigint, sequence: bigint] {
  const [, time = '0', sequence = '0'] = ID.exec(id) ?? [];
  return [BigInt(time), BigInt(sequence)];
}
