/** Checks filters that the user has written while they run: whether ffmpeg accepts them, and the size of their pictures. */
import { type Observable, catchError, tap, throwError } from 'rxjs';
import type { EngineEvent } from '../../core/engine/engine.js';
import { type InvalidOption, type RxcamError, isRxcamError } from '../../core/errors/errors.js';
import { type WrittenFilters, writtenFilters } from '../../core/plan/written-filters.js';
import { type Plan, encodeStep } from '../../core/plan/plan.js';
import { FILTERS } from '../../core/defaults/limits.js';
import { expectedOf } from '../command/index.js';
import { whyFilterRefused } from '../process/index.js';
import type { KnownFacts } from '../stream/index.js';

/** Maximum number of pictures that may be read before their heartbeats: unlimited unless filters of the user's own may change their times. */
export function maxEarlyOf(plan: Plan): number {
  if (writtenFilters(plan) === undefined) return Infinity;
  return encodeStep(plan) === undefined ? FILTERS.maxInside : FILTERS.maxEarlyUnits;
}

/** Failures that a filter may have caused. */
const POSSIBLE: ReadonlySet<RxcamError['code']> = new Set(['CAPTURE_CRASHED', 'ENCODER_FAILED', 'DECODE_FAILED', 'SOURCE_NOT_FOUND', 'SOURCE_REFUSED']);

/**
 * Errors with an InvalidOption, which is not retried, in place of a failure that a filter has caused before the first picture; a later
 * failure has another cause, such as a damaged picture. Errors also if the first picture has another size than the step states.
 * @param format - of pictures from user code; undefined: the source describes them
 */
export function checkUserFilters(plan: Plan, format?: KnownFacts): (events$: Observable<EngineEvent>) => Observable<EngineEvent> {
  const written = writtenFilters(plan);
  if (written === undefined) return (events$) => events$;
  return (events$) => {
    let hasOutput = false;
    let source = format;
    return events$.pipe(
      tap((event) => {
        if (event.type === 'opened') source = event.source;
        // The description is of the earlier pictures.
        if (event.type === 'changed') source = undefined;
        if (event.type !== 'output' || hasOutput) return;
        hasOutput = true;
        const { size } = source === undefined ? {} : expectedOf(plan, source).pictures;
        if (size !== undefined && (size.width !== event.width || size.height !== event.height)) throw written.wrongSize(event, size);
      }),
      catchError((error: unknown) => {
        const isPossible = !hasOutput && isRxcamError(error) && POSSIBLE.has(error.code);
        return throwError(() => (isPossible ? refusalOf(written, error) : undefined) ?? error);
      }),
    );
  };
}

/** The error for a process that failed because of one of the filters. */
function refusalOf(written: WrittenFilters, failure: RxcamError): InvalidOption | undefined {
  for (const filter of written.filters) {
    const why = whyFilterRefused(filter.text, failure.stderr);
    if (why !== undefined) return written.notAccepted(filter, why, failure);
  }
  return undefined;
}
