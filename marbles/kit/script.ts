/** Diagrams of `fakeCamera`: what a source does from the moment it is opened. */
import type { EngineEvent } from '../../src/core/engine/engine.js';
import {
  CaptureCrashed, DecodeFailed, EncoderFailed, InvalidOption, NoVideo, SourceNotFound, SourceRefused, SourceTimeout, SourceUnauthorized,
  Stalled, StreamEnded, isRxcamError,
} from '../../src/core/errors/errors.js';
import { parseDiagram } from './scheduler.js';

/** A diagram; several, one for each time the source is opened, the last one for all later times; or a function of the time's number, from 1. */
export type FakeSource = string | readonly string[] | ((opening: number) => string);

/** What a letter of the user's own stands for: something that the engine reports, or the failure that ends the capture. */
export type FakeDeed = EngineEvent | Error;

/** Something that the source does. A picture without `pts` follows the clock or the rate. */
export type Deed =
  | { readonly kind: 'picture'; readonly keyframe: boolean; readonly unchanged?: boolean; readonly pts?: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'failure'; readonly error: Error }
  | { readonly kind: 'end' };

/** When, in ms since the opening. */
export interface TimedDeed { readonly at: number; readonly deed: Deed }

const fails = (make: () => Error) => (): Deed => ({ kind: 'failure', error: make() });

/** What the letters stand for, unless `values` says otherwise. */
const LETTERS: Readonly<Record<string, () => Deed>> = {
  f: () => ({ kind: 'picture', keyframe: false }),
  k: () => ({ kind: 'picture', keyframe: true }),
  u: () => ({ kind: 'picture', keyframe: false, unchanged: true }),
  c: () => ({ kind: 'event', event: { type: 'connected' } }),
  o: () => ({ kind: 'opened' }),
  p: () => ({ kind: 'event', event: { type: 'progress' } }),
  r: () => ({ kind: 'event', event: { type: 'rejected', reason: 'fake: the decoder rejects an access unit' } }),
  R: fails(() => new SourceRefused('fake: connection refused')),
  T: fails(() => new SourceTimeout('fake: no answer')),
  U: fails(() => new SourceUnauthorized('fake: 401 Unauthorized')),
  N: fails(() => new SourceNotFound('fake: 404 Not Found')),
  V: fails(() => new NoVideo('fake: no video')),
  S: fails(() => new Stalled('fake: no frame')),
  E: fails(() => new StreamEnded('fake: the live source ended')),
  D: fails(() => new DecodeFailed('fake: nothing can be decoded')),
  X: fails(() => new EncoderFailed('fake: the encoder failed')),
  C: fails(() => new CaptureCrashed('fake: the process died')),
};

/**
 * Reads a diagram.
 * @param error - what `#` stands for
 * @throws InvalidOption for a letter that stands for nothing
 */
export function readScript(diagram: string, values: Readonly<Record<string, FakeDeed>>, error: Error | undefined): TimedDeed[] {
  return parseDiagram(diagram).map(({ frame, notification }) => {
    if (notification.kind === 'C') return { at: frame, deed: { kind: 'end' } };
    if (notification.kind === 'E') return { at: frame, deed: error === undefined ? letter('C', diagram) : { kind: 'failure', error } };
    const name = notification.value as string;
    const own = values[name];
    return { at: frame, deed: own === undefined ? letter(name, diagram) : deedOf(own) };
  });
}

function letter(name: string, diagram: string): Deed {
  const make = LETTERS[name];
  if (make !== undefined) return make();
  throw new InvalidOption(`fakeCamera: '${name}' in '${diagram}' given; allowed: ${Object.keys(LETTERS).join(' ')}, # and |, and what values names`);
}

function deedOf(own: FakeDeed): Deed {
  if (own instanceof Error) return { kind: 'failure', error: isRxcamError(own) ? own : new CaptureCrashed(`fake: ${own.message}`, { cause: own }) };
  return own.type === 'captured' ? { kind: 'picture', keyframe: false, pts: own.pts } : { kind: 'event', event: own };
}
