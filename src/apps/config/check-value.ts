/** Checks a located value with a zod schema: each mistake becomes a problem at its line, with the given and the allowed values. */
import type { z } from 'zod';
import { nameList, namesIn, probableName } from '../../core/errors/suggestion.js';
import { expectationOf } from '../../core/errors/expectation.js';
import { isCodeOnly } from '../../core/options.js';
import { isSecretOption, redactValue } from '../../core/redact/redact.js';
import { type Located, type Problems, type References, UnresolvedReference, innermost, itemsOf, membersOf, shownName } from './reading/index.js';

/** The context for reading a value. */
export interface ReadContext {
  readonly problems: Problems;
  readonly references: References;
  /** Names of all brokers of the file, including those with mistakes. */
  readonly brokerNames?: readonly string[];
  /** For `${camera}`. */
  readonly camera?: string | undefined;
}

/** Maximum number of names listed in a message. */
const MAX_NAMES = 60;

/** Returns the value with its references resolved; undefined if the schema refuses it, and the reasons are added to the problems. */
export function checkValue<S extends z.ZodType>(schema: S, node: Located, reading: ReadContext): z.input<S> | undefined {
  const { problems } = reading;
  const before = problems.count;
  const broken = new Set<Located>();
  const names = optionsOf(schema);
  const known = withoutUnknown(node, names, problems);
  const value = plainValue(known, reading, broken);
  const result = schema.safeParse(value);
  const issues = result.error?.issues ?? [];
  // While an option is mistyped, combinations can't be checked.
  for (const issue of problems.count > before ? issues.filter(({ code }) => code !== 'custom') : issues) add(issue, node, schema, broken, problems);
  return result.success && problems.count === before ? value as z.input<S> : undefined;
}

/** Names of the options that a file can set; undefined if the schema is not of an object. */
export function optionsOf(schema: z.ZodType): readonly string[] | undefined {
  const { shape } = schema as { readonly shape?: Readonly<Record<string, unknown>> };
  return shape && Object.keys(shape).filter((name) => !isCodeOnly(shape[name]));
}

/** Adds a problem for each unknown key. */
export function reportUnknownKeys(node: Located, known: readonly string[], problems: Problems): void {
  for (const [name, value] of membersOf(node) ?? []) {
    if (!known.includes(name)) problems.addAtKey(value, unknownKey(name, known));
  }
}

/** The value as plain JSON, with references resolved. */
export function plainValue(node: Located, reading: ReadContext, broken = new Set<Located>(), isSecret = false): unknown {
  const members = membersOf(node);
  if (members !== undefined) {
    // null is the same as absent: it cancels the value of a template.
    return Object.fromEntries([...members].filter(([, value]) => value.value !== null)
      .map(([name, value]) => [name, plainValue(value, reading, broken, isSecret || isSecretOption(name))]));
  }
  const items = itemsOf(node);
  if (items !== undefined) return items.map((item) => plainValue(item, reading, broken, isSecret));
  if (typeof node.value !== 'string') return node.value;
  try {
    return reading.references.resolve(node.value, reading.camera, isSecret);
  } catch (error) {
    if (!(error instanceof UnresolvedReference)) throw error;
    reading.problems.add(node, error.message);
    broken.add(node);
    return node.value;
  }
}

/** `unknown key "widht", did you mean "width"? allowed: width, height`. */
export function unknownKey(name: string, known: readonly string[]): string {
  const near = probableName(name, known);
  return `unknown key ${shownName(name)}${near === undefined ? ';' : `, did you mean "${near}"?`} allowed: ${nameList(known, MAX_NAMES)}`;
}

/** The value as it was written: shows a reference, not its value. */
export function shownValue(node: Located, isSecret = false): string {
  if (isSecret) return '(hidden)';
  if (membersOf(node) !== undefined) return 'a map';
  if (itemsOf(node) !== undefined) return 'a list';
  if (typeof node.value === 'string' && /^\$\{(?:env|file):[^}]*\}$/.test(node.value)) return JSON.stringify(node.value);
  // `password:x` without a space is a string.
  if (typeof node.value === 'string' && isSecretOption(node.value) && /[:=]/.test(node.value)) return '(hidden)';
  return typeof node.value === 'string' ? (redactValue(node.value) ?? '').slice(0, 200) : JSON.stringify(node.value);
}

function withoutUnknown(node: Located, names: readonly string[] | undefined, problems: Problems): Located {
  const members = membersOf(node);
  if (members === undefined || names === undefined) return node;
  reportUnknownKeys(node, names, problems);
  return { ...node, value: new Map([...members].filter(([name]) => names.includes(name))) };
}

function add(issue: z.core.$ZodIssue, node: Located, schema: z.ZodType, broken: ReadonlySet<Located>, problems: Problems): void {
  const at = innermost(node, issue.path);
  const isSecret = issue.path.some((key) => isSecretOption(String(key)));
  if (issue.code === 'unrecognized_keys') {
    const known = namesIn(schema, issue.path);
    for (const key of issue.keys) problems.addAtKey(innermost(at, [key]), unknownKey(key, known));
    return;
  }
  if (broken.has(at)) return;
  const allowed = expectationOf(issue);
  const missing = issue.path.slice(depthOf(node, issue.path));
  if (missing.length > 0) problems.addAtKey(at, `${missing.map(String).join('.')} is missing; ${allowed}`);
  else problems.add(at, `${shownValue(at, isSecret)} given, ${allowed}`);
}

/** Number of the parts of a path that exist. */
function depthOf(node: Located, path: readonly PropertyKey[]): number {
  const there = path.findIndex((_, index) => innermost(node, path.slice(0, index + 1)) === innermost(node, path.slice(0, index)));
  return there === -1 ? path.length : there;
}
