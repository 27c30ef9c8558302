/** Diagrams of `fakeCamera`: the actions of a source from its opening. */
import type { EngineEvent } from '../../src/core/engine/engine.js';
import {
  CaptureCrashed, DecodeFailed, EncoderFailed, InvalidOption, NoVideo, SourceNotFound, SourceRefused, SourceTimeout, SourceUnauthorized,
  Stalled, StreamEnded, isRxcamError,
} from '../../src/core/errors/errors.js';
import { parseDiagram } from './scheduler.js';

/** A diagram; a list with one for each opening of the source, the last one also for later openings; or a function of the opening's number, from 1. */
export type FakeSource = string | readonly string[] | ((opening: number) => string);

/** The meaning of a user's letter: an event of the engine, or the failure that ends the capture. */
export type FakeAction = EngineEvent | Error;

/** An action of the source. A picture without `pts` follows the clock or the rate. */
export type SourceAction =
  | { readonly kind: 'picture'; readonly keyframe: boolean; readonly unchanged?: boolean; readonly pts?: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'failure'; readonly error: Error }
  | { readonly kind: 'end' };

/** An action and its time, in ms since the opening. */
export interface TimedAction { readonly at: number; readonly action: SourceAction }

const fails = (make: () => Error) => (): SourceAction => ({ kind: 'failure', error: make() });

/** The meanings of the letters, which `values` can replace. */
const LETTERS: Readonly<Record<string, () => SourceAction>> = {
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
 * Parses a diagram.
 * @param error - the error of `#`
 * @throws InvalidOption for an unknown letter
 */
export function readScript(diagram: string, values: Readonly<Record<string, FakeAction>>, error: Error | undefined): TimedAction[] {
  return parseDiagram(diagram).map(({ frame, notification }) => {
    if (notification.kind === 'C') return { at: frame, action: { kind: 'end' } };
    if (notification.kind === 'E') return { at: frame, action: error === undefined ? letter('C', diagram) : { kind: 'failure', error } };
    const name = notification.value as string;
    const own = values[name];
    return { at: frame, action: own === undefined ? letter(name, diagram) : actionOf(own) };
  });
}

function letter(name: string, diagram: string): SourceAction {
  const make = LETTERS[name];
  if (make !== undefined) return make();
  throw new InvalidOption(`fakeCamera: '${name}' in '${diagram}' given; allowed: ${Object.keys(LETTERS).join(' ')}, # and |, and the letters of values`);
}

function actionOf(own: FakeAction): SourceAction {
  if (own instanceof Error) return { kind: 'failure', error: isRxcamError(own) ? own : new CaptureCrashed(`fake: ${own.message}`, { cause: own }) };
  return own.type === 'captured' ? { kind: 'picture', keyframe: false, pts: own.pts } : { kind: 'event', event: own };
}
