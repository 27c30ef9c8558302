/**
 * Runs a command made for a source that is not open yet, and a better one where the source turns out to be something else. The
 * first command suits most sources; no picture of it is passed on before it is known that it does.
 */
import { type Observable, catchError, concat, defer, of, tap, throwError } from 'rxjs';
import type { EngineContext, EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import { definedOnly } from '../../core/options.js';
import type { Source } from '../../core/source.js';
import type { Expected } from '../command/index.js';
import { type Known, held, known, learn, withRate } from '../stream/index.js';

/** The source is not what the command takes it to be. */
class Unsuited extends Error {}

/** What the source says, and then what its pictures show: more is not learned. One that says something else each time is taken as it is. */
const TRIES = 3;

/** What is run. */
export interface Learning {
  readonly source: Source;
  readonly context: EngineContext;
  expect(source: Known): Expected;
  /** Whether a command made for one suits the other. */
  serves(made: Expected, right: Expected): boolean;
  run(expected: Expected, context: EngineContext): Observable<EngineEvent>;
}

/** Runs it until its command suits the source: first what the source says decides, then the rate that its pictures show. */
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

/** A rate that is known stays known until a source states one. */
function withRemembered({ source, guessedFps }: OpenedSource, { fps, fpsMeasured }: Known): Known {
  const rate = source.fps === undefined ? definedOnly({ fps, fpsMeasured }) : {};
  return { ...rate, ...definedOnly({ guessedFps }), ...source };
}
