/** "Did you mean": the known option whose name is nearest to an unknown one, and lists of names for messages. */
import type { z } from 'zod';

/** Largest number of letters in which two names may differ. */
const MAX_DISTANCE = 2;

/** ` (did you mean 'initialMs'?)`, for a name without its unit, or with one or two wrong letters. Empty if no known name is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const name = probableName(given, known);
  return name === undefined ? '' : ` (did you mean '${name}'?)`;
}

/** The known name that was probably meant; undefined if none is near. */
export function probableName(given: string, known: readonly string[]): string | undefined {
  return known.filter((name) => startsAlike(name, given)).sort((a, b) => a.length - b.length)[0] ?? nearest(given, known);
}

/** Names of the options that `schema` takes at `path`. */
export function namesIn(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const shape = path.reduce<unknown>((inner, key) => membersOf(inner)?.[key], schema);
  return Object.keys(membersOf(shape) ?? {});
}

/** The members of an object's schema, also within `optional()` and `default()`. */
function membersOf(schema: unknown): Record<PropertyKey, unknown> | undefined {
  interface Definition { readonly shape?: object; readonly innerType?: unknown }
  const { shape, innerType } = (schema as { readonly _zod?: { readonly def: Definition } } | undefined)?._zod?.def ?? {};
  return innerType === undefined ? shape as Record<PropertyKey, unknown> | undefined : membersOf(innerType);
}

/** `initial` and `initialMs`, `logEvery` and `logEveryFrames`, `lingerms` and `lingerMs`: whole words are alike. */
function startsAlike(name: string, given: string): boolean {
  if (name.toLowerCase() === given.toLowerCase()) return true;
  return given.length > 1 && name.startsWith(given) && /^[A-Z]/.test(name.slice(given.length));
}

function nearest(given: string, known: readonly string[]): string | undefined {
  const [best] = known.map((name) => ({ name, distance: distanceOf(name, given) })).sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.min(MAX_DISTANCE, Math.floor(given.length / 3)) ? best.name : undefined;
}

/** Levenshtein distance, in which two exchanged letters count once: `widht`. */
function distanceOf(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** `a, b, c`; of more than `max` names the first ones, and the number of the others. */
export function nameList(names: readonly string[], max: number): string {
  const rest = names.length - max;
  return rest > 0 ? `${names.slice(0, max).join(', ')} and ${rest} more` : names.join(', ');
}
