/** The allowed form of an option, in the words of this project: zod's own are `Too small: expected number to be >=1`. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Beginnings of zod's own messages. A schema's message starts otherwise, and is kept. */
const OF_ZOD = /^(?:Invalid (?:input|option)|Too (?:small|big))\b/;

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number', int: 'a whole number', string: 'a text', boolean: 'true or false', object: 'an object', record: 'an object', array: 'a list',
  function: 'a function', date: 'a Date',
};

/** `expected a whole number`, `expected at least 1`, `expected 'a', 'b' or 'c'`. */
export function expectationOf(issue: Issue): string {
  if (issue.code === 'invalid_union') return ofUnion(issue);
  return (OF_ZOD.test(issue.message) ? inOurWords(issue) : undefined) ?? lowerFirst(issue.message);
}

/** A union's own message is better than a list of the messages of its branches. */
function ofUnion({ message, errors }: z.core.$ZodIssueInvalidUnion): string {
  if (!OF_ZOD.test(message)) return lowerFirst(message);
  const [first, ...others] = new Set(errors.flat().map(expectationOf));
  return first === undefined ? lowerFirst(message) : [first, ...others.map((one) => one.replace(/^expected /, ''))].join(' or ');
}

function inOurWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': return TYPES[issue.expected] && `expected ${TYPES[issue.expected]}`;
    case 'invalid_value': return `expected ${listed(issue.values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))))}`;
    case 'too_small':
      if (issue.origin === 'string' && Number(issue.minimum) === 1) return 'expected a text that is not empty';
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big': return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    default: return undefined;
  }
}

/** Units of sizes: a number has none here. */
const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item' };

function limit(origin: string, comparison: string, value: number | bigint): string {
  const unit = UNITS[origin];
  return `expected ${comparison} ${value}${unit === undefined ? '' : ` ${unit}${Number(value) === 1 ? '' : 's'}`}`;
}

function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
