/** JSON for readers that distinguish whole numbers from others, like Python: `25.0` stays `25.0`. */

const FLOAT: unique symbol = Symbol('float');

/** A number that is written with a decimal point, even if it is whole. */
export interface Float { readonly [FLOAT]: number }

/** A value that can be written; undefined members are left out. */
export type Json = string | number | boolean | null | undefined | Float | readonly Json[] | Members;

interface Members { readonly [name: string]: Json }

/** Marks a number that is written with a decimal point. */
export function float(value: number): Float {
  return { [FLOAT]: value };
}

/** The JSON text, without spaces. NaN and Infinity become null, as in `JSON.stringify`. */
export function toJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (isFloat(value)) return floatText(value[FLOAT]);
  if (isList(value)) return `[${value.map(toJson).join(',')}]`;
  return `{${membersText(value)}}`;
}

/** The members of an object, without its braces. */
export function membersText(object: Members): string {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`)
    .join(',');
}

function isFloat(value: object): value is Float {
  return FLOAT in value;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function floatText(value: number): string {
  const text = JSON.stringify(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
