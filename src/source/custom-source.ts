/** A source from user code: checks it, and redacts its texts in case they contain a login. */
import { type Observable, defer, map } from 'rxjs';
import { InvalidOption } from '../core/errors/errors.js';
import { redactUrl, secretsOf } from '../core/redact/redact.js';
import type { Preparation, Source, SourceInput } from '../core/source.js';

const EXPECTED = {
  kind: 'text', address: 'text', live: 'true or false', endless: 'true or false', remote: 'true or false', secrets: 'a list of texts', prepare: 'a function',
} as const satisfies Partial<Record<keyof Source, string>>;

/**
 * @param given - an object given to `camera` in place of an address
 * @throws InvalidOption for an object that is not a source
 */
export function customSource(given: object): Source {
  const source = given as Source;
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const value = (given as Record<string, unknown>)[name];
    if (!isOf(expected, value)) throw new InvalidOption(`camera: option 'source.${name}': ${value === '' ? 'an empty text' : typeof value} given, expected ${expected}`);
  }
  return {
    kind: source.kind,
    get address() { return redactUrl(source.address); },
    get live() { return source.live; },
    get downloading() { return source.downloading; },
    get clock() { return source.clock; },
    get endless() { return source.endless; },
    remote: source.remote,
    secrets: { *[Symbol.iterator]() { yield* source.secrets; yield* secretsOf(source.address); } },
    ...(source.expected !== undefined && { expected: source.expected }),
    ...(source.picturesAlone !== undefined && { picturesAlone: source.picturesAlone }),
    ...(source.stderr !== undefined && { stderr: source.stderr }),
    prepare: (facts) => defer((): Observable<Preparation> => source.prepare(facts)).pipe(map(checked)),
  };
}

function isOf(expected: string, value: unknown): boolean {
  switch (expected) {
    case 'text': return typeof value === 'string' && value !== '';
    case 'true or false': return typeof value === 'boolean';
    case 'a function': return typeof value === 'function';
    default: return typeof value === 'object' && value !== null && Symbol.iterator in value;
  }
}

/** Without this check, an untyped program could let ffmpeg open any address. */
function checked(step: Preparation): Preparation {
  if (step.type === 'progress') return step;
  const { options, url, protocols } = step.input as Partial<SourceInput>;
  if (typeof url !== 'string' || !isWords(options) || !isWords(protocols)) {
    throw new InvalidOption("camera: option 'source.prepare': an input without url, options or protocols emitted, expected all three");
  }
  return step;
}

function isWords(value: unknown): boolean {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
