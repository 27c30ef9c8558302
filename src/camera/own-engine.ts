/** An engine from user code: its errors and reports show no secret of the camera's source. */
import { type Observable, catchError, defer, map, throwError } from 'rxjs';
import type { Engine, EngineEvent } from '../core/engine/engine.js';
import { redact } from '../core/redact/redact.js';
import { redactError } from '../core/redact/redact-error.js';

/** @param secrets - those of the source, which may grow */
export function ownEngine(engine: Engine, secrets: Iterable<string>): Engine {
  const shown = (event: EngineEvent): EngineEvent => {
    switch (event.type) {
      case 'warning': return { ...event, message: redact(event.message, secrets) };
      case 'rejected':
      case 'encoder': return { ...event, reason: redact(event.reason, secrets) };
      default: return event;
    }
  };
  return (plan, context) => defer((): Observable<EngineEvent> => engine(plan, context)).pipe(
    map(shown),
    catchError((error: unknown) => throwError(() => redactError(error, secrets))),
  );
}
