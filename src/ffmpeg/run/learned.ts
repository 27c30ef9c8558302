/**
 * Runs a command made before the source is open, and replaces it if the source turns out to be different. The first command
 * suits most sources; its pictures are emitted only when that is certain.
 */
import { type Observable, catchError, concat, defer, of, tap, throwError } from 'rxjs';
import type { EngineContext, EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import { definedOnly } from '../../core/options.js';
import type { Source } from '../../core/source.js';
import type { Expected } from '../command/index.js';
import { type Known, held, known, learn, withRate } from '../stream/index.js';

/** The source differs from what the command assumes. */
class Unsuited extends Error {}

/** Once for the description, and once for the rate that the pictures show. A source that changes every time is then read as it is. */
const TRIES = 3;

/** The command to run, and how to learn from it. */
export interface Learning {
  readonly source: Source;
  readonly context: EngineContext;
  expect(source: Known): Expected;
  /** Whether a command made for one suits the other. */
  serves(made: Expected, right: Expected): boolean;
  run(expected: Expected, context: EngineContext): Observable<EngineEvent>;
}

/** Runs commands until one suits the source: first its description decides, then the rate of its pictures. */
export function learned(learning: Learning, triesLeft = TRIES): Observable<EngineEvent> {
  const { source } = learning;
  return defer(() => {
    const { context, gone$ } = held(learning.context);
    const before = known(source);
    const made = learning.expect(before);
    const check = (event: EngineEvent) => {
      if (event.type !== 'opened') return;
      const info = withRemembered(event, before);
      learn(source, info);
      if (triesLeft > 0 && !learning.serves(made, learning.expect(info))) throw new Unsuited();
    };
    return learning.run(made, context).pipe(tap(check), withRate(before), tap(check)).pipe(
      catchError((error: unknown) => (
        error instanceof Unsuited ? concat(gone$, of<EngineEvent>({ type: 'progress' }), learned(learning, triesLeft - 1)) : throwError(() => error)
      )),
    );
  });
}

/** A measured rate is kept until the source states one. */
function withRemembered({ source, guessedFps }: OpenedSource, { fps, fpsMeasured }: Known): Known {
  const rate = source.fps === undefined ? definedOnly({ fps, fpsMeasured }) : {};
  return { ...rate, ...definedOnly({ guessedFps }), ...source };
}
