/** Checks options once, at composition: an InvalidOption names the option, what was given and what is allowed. */
import type { Logger } from 'pino';
import { z } from 'zod';
import { InvalidOption } from './errors/errors.js';
import { isSecretOption, redactValue } from './redact/redact.js';
import { expectationOf } from './errors/expectation.js';
import { namesIn, suggestion } from './errors/suggestion.js';

/**
 * Returns `given` with the schema's defaults filled in.
 * @param what - the owner of the options, as the user wrote it: `encodeH265`, `kafka`
 * @throws InvalidOption for an unknown name, a wrong type or a value out of range
 */
export function parseOptions<S extends z.ZodType>(what: string, schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new InvalidOption(result.error.issues.map((issue) => messageOf(what, issue, given, schema)).join('; '));
}

/** Schemas of values that only code can give, such as a function or a library's object. */
const CODE_ONLY = new WeakSet<object>();

/** Marks a schema as one of values that only code can give. */
export function codeOnly<S extends z.ZodType>(schema: S): S {
  CODE_ONLY.add(schema);
  return schema;
}

/** Whether a schema, or the one within its `optional()` and `default()`, takes a value that only code can give. */
export function isCodeOnly(schema: unknown): boolean {
  const inner = (schema as { readonly _zod?: { readonly def: { readonly innerType?: unknown } } } | undefined)?._zod?.def.innerType;
  return typeof schema === 'object' && schema !== null && (CODE_ONLY.has(schema) || (inner !== undefined && isCodeOnly(inner)));
}

/** The JSON schemas of schemas that can't be converted. */
const JSON_SCHEMAS = new WeakMap<object, JsonSchema>();

/** Sets the JSON schema of a schema whose check is a function. Returns the same schema. */
export function withJsonSchema<S extends z.ZodType>(schema: S, json: JsonSchema): S {
  JSON_SCHEMAS.set(schema, json);
  return schema;
}

/** The JSON schema that `withJsonSchema` has set. */
export function jsonSchemaOf(schema: unknown): JsonSchema | undefined {
  return JSON_SCHEMAS.get(schema as object);
}

/** The JSON schema of a reference, in a configuration file, to a value elsewhere: that value is checked when it is read. */
export const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{(?:env:|file:|camera\\})' };

/** A JSON schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON schema: this option is given. For rules about several options. `null` counts as absent. */
export const isGiven = (name: string): JsonSchema => ({ required: [name], properties: { [name]: { not: { type: 'null' } } } });
/** JSON schema: none of these options is given. */
export const isAbsent = (...names: readonly string[]): JsonSchema => (
  { properties: Object.fromEntries(names.map((name) => [name, { type: 'null' }])) }
);
/** JSON schema: this option has this value, or a reference that may have it. */
export const isSet = (name: string, value: string): JsonSchema => (
  { required: [name], properties: { [name]: { anyOf: [{ const: value }, REFERENCE] } } }
);

/** A strict object: an unknown name is an error. */
export const options = z.strictObject;

/** A time in ms, 0 or more; Node's timers take at most 2^31 - 1. */
export const milliseconds = () => z.number().min(0).max(2 ** 31 - 1);
/** A whole number of at least 1. */
export const count = () => z.number().int().min(1);
/** A size in bytes of at least 1. */
export const byteCount = () => z.number().int().min(1);
/** Quality of a JPEG, 1 (worst) to 100. */
export const jpegQuality = () => z.number().int().min(1).max(100);
/** An object of texts under any names, even `__proto__`, which zod's schema for records ignores. */
export const texts = () => z.custom<Readonly<Record<string, string>>>(isTexts, { message: 'expected an object of texts' });
/** A pino logger, from any copy of pino. */
export const logger = () => codeOnly(z.custom<Logger>((value) => typeof (value as Partial<Logger> | null)?.info === 'function', { message: 'expected a pino logger' }));
/** Size of a chunk: a GOP, a number of frames, or a time in ms. */
export const chunk = () => z.union([z.literal('gop'), options({ frames: count() }), options({ ms: z.number().positive() })], {
  error: "expected 'gop', { frames: a whole number } or { ms: a number }",
});
/** An AbortSignal. */
export const abortSignal = () => codeOnly(z.custom<AbortSignal>((value) => value instanceof AbortSignal, { message: 'expected an AbortSignal' }));
/** A function from user code; its arguments are not checked. */
export const callback = <F>() => codeOnly(z.custom<F>((value) => typeof value === 'function', { message: 'expected a function' }));

/** An object without a prototype, for names from outside, such as a topic named `__proto__`. */
export const emptyRecord = <T>() => Object.create(null) as Record<string, T>;

/** An object without its undefined members. */
export function definedOnly<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function isTexts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((text) => typeof text === 'string');
}

function messageOf(what: string, issue: z.core.$ZodIssue, given: unknown, schema: z.ZodType): string {
  if (issue.code === 'unrecognized_keys') {
    const known = namesIn(schema, issue.path);
    return `${what}: unknown option ${issue.keys.map((key) => `'${key}'${suggestion(key, known)}`).join(', ')}`;
  }
  return `${what}${at(issue.path)}: ${shown(given, issue.path)} given, ${expectationOf(issue)}`;
}

function at(path: PropertyKey[]): string {
  return path.length === 0 ? '' : `: option '${path.map(String).join('.')}'`;
}

function shown(given: unknown, path: PropertyKey[]): string {
  const value = path.reduce<unknown>((object, key) => (object as Record<PropertyKey, unknown> | undefined)?.[key], given);
  if (path.some((key) => isSecretOption(String(key)))) return '(hidden)';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || value === undefined) return String(value);
  return (redactValue(value) ?? typeof value).slice(0, 200);
}
