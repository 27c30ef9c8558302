/** Values with the position where they were written, to report a mistake at its line. */
import { isSecretOption, redactInvalidUrl } from '../../../core/redact/redact.js';

/** A position in a file; line and column count from 1, and are 0 for a value that is not from a file. */
export interface Position { readonly line: number; readonly column: number }

/** A text, a number, true, false or null. */
export type Scalar = string | number | boolean | null;

/** A value with the position where it was written; those from templates and defaults keep theirs. */
export interface Located {
  /** Position of the value. */
  readonly at: Position;
  /** Position of its key; that of the value if it has none. */
  readonly keyAt: Position;
  /** As it was written: `templates.street.pipeline[1].resize.width`. */
  readonly path: string;
  readonly value: Scalar | ReadonlyMap<string, Located> | readonly Located[];
}

/** Position of a value that is not from a file. */
export const NOWHERE: Position = { line: 0, column: 0 };

/** Deepest nesting; more would exhaust the stack. */
const DEEPEST = 64;

/** Converts a plain JSON value. */
export function toLocated(value: unknown, path: string): Located {
  return locatedWithin(value, path, 0);
}

function locatedWithin(value: unknown, path: string, depth: number): Located {
  const made = (inner: Located['value']): Located => ({ at: NOWHERE, keyAt: NOWHERE, path, value: inner });
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return made(depth > DEEPEST ? null : scalarOf(value));
  if (Array.isArray(value)) return made(value.map((one: unknown, index) => locatedWithin(one, `${path}[${index}]`, depth + 1)));
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return made(new Map(members.map(([name, one]) => [name, locatedWithin(one, memberPath(path, name), depth + 1)])));
}

function scalarOf(value: unknown): Scalar {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null;
}

/** The members of a map; undefined for any other value. */
export function membersOf(node: Located | undefined): ReadonlyMap<string, Located> | undefined {
  return node?.value instanceof Map ? node.value as ReadonlyMap<string, Located> : undefined;
}

/** The items of a list; undefined for any other value. */
export function itemsOf(node: Located | undefined): readonly Located[] | undefined {
  return Array.isArray(node?.value) ? node.value as readonly Located[] : undefined;
}

/** The value at a path, or the innermost existing one around it. */
export function innermost(node: Located, path: readonly PropertyKey[]): Located {
  return path.reduce<Located>((inner, key) => membersOf(inner)?.get(String(key)) ?? itemsOf(inner)?.[Number(key)] ?? inner, node);
}

/** The path of a member; a name other than a word is quoted. */
export function memberPath(path: string, name: string): string {
  if (/^[\w-]+$/.test(name)) return path === '' ? name : `${path}.${name}`;
  return `${path}[${shownName(name)}]`;
}

/** A name from a file, redacted: it can be a wrongly indented address, or `password x` without its colon. */
export function shownName(name: string): string {
  if (isSecretOption(name) && !/^\w+$/.test(name)) return '"(hidden)"';
  return JSON.stringify(redactInvalidUrl(name).slice(0, 80));
}
