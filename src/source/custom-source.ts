/** Checks a source from user code, and redacts its texts, which may contain a login. */
import { inspect } from 'node:util';
import { EMPTY, type Observable, catchError, concat, defer, filter, map, throwError } from 'rxjs';
import { InvalidOption } from '../core/errors/errors.js';
import { redact, redactUrl, secretsOf } from '../core/redact/redact.js';
import { redactError } from '../core/redact/redact-error.js';
import type { Preparation, Source, SourceInput } from '../core/source.js';

const EXPECTED = {
  kind: 'text', address: 'text', live: 'true or false', endless: 'true or false', remote: 'true or false', secrets: 'a list of texts', prepare: 'a function',
} as const satisfies Partial<Record<keyof Source, string>>;

/**
 * The user's source, checked.
 * @param given - the object that `camera` got in place of an address
 * @throws InvalidOption for an object that is not a source
 */
export function customSource(given: object): Source {
  const source = given as Source;
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const value = (given as Record<string, unknown>)[name];
    if (!isOf(expected, value)) throw new InvalidOption(`camera: option 'source.${name}': ${value === '' ? 'an empty text' : typeof value} given, expected ${expected}`);
  }
  // A PIN may be a number, in a program without types.
  const named = (): readonly unknown[] => [...source.secrets, ...secretsOf(source.address)];
  const secrets = { *[Symbol.iterator]() { yield* named().map(String); } };
  return {
    kind: source.kind,
    get address() { return redactUrl(source.address); },
    get live() { return source.live; },
    get downloading() { return source.downloading; },
    get clock() { return source.clock; },
    get endless() { return source.endless; },
    remote: source.remote,
    secrets,
    ...(source.expected !== undefined && { expected: source.expected }),
    ...(source.picturesAlone !== undefined && { picturesAlone: source.picturesAlone }),
    ...(source.stderr !== undefined && { stderr: source.stderr }),
    prepare: (facts) => withOneInput(defer((): Observable<Preparation> => source.prepare(facts)).pipe(map(checked))).pipe(
      map((step) => withoutSecrets(step, secrets)),
      catchError((error: unknown) => throwError(() => redactError(error, secrets))),
    ),
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

/** Checks an input: without `protocols`, an untyped program would let ffmpeg open any address. @throws InvalidOption */
function checked(step: Preparation): Preparation {
  const given = Object(step) as Partial<Extract<Preparation, { type: 'input' }>> | { readonly type: 'progress' };
  if (given.type === 'progress') return step;
  if (given.type !== 'input') {
    throw new InvalidOption(`camera: option 'source.prepare': ${inspect(step, { depth: 0 })} emitted, expected { type: 'progress' } or { type: 'input', input }`);
  }
  const { options, url, protocols } = Object(given.input) as Partial<SourceInput>;
  if (typeof url !== 'string' || !isWords(options) || !isWords(protocols)) {
    throw new InvalidOption("camera: option 'source.prepare': an input without url, options or protocols emitted, expected all three");
  }
  return step;
}

/** Emits only the first input. Without one, ffmpeg would never start, and the camera would complete without a picture. */
function withOneInput(steps$: Observable<Preparation>): Observable<Preparation> {
  return defer(() => {
    let inputs = 0;
    const missing$ = throwError(() => new InvalidOption("camera: option 'source.prepare': completed without an input, expected one input"));
    return concat(steps$.pipe(filter(({ type }) => type !== 'input' || ++inputs === 1)), defer(() => (inputs === 0 ? missing$ : EMPTY)));
  });
}

/** An input whose warning, and the errors of its own work, show no secret. */
function withoutSecrets(step: Preparation, secrets: Iterable<string>): Preparation {
  if (step.type === 'progress') return step;
  const { warning, beside } = step.input;
  const input: SourceInput = {
    ...step.input,
    ...(warning !== undefined && { warning: redact(warning, secrets) }),
    ...(beside !== undefined && {
      beside: (stdin) => beside.call(step.input, stdin).pipe(catchError((error: unknown) => throwError(() => redactError(error, secrets)))),
    }),
  };
  return { type: 'input', input };
}

function isWords(value: unknown): boolean {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
