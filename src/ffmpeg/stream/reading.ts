/**
 * How a source is read: which of its video streams, and whether to deinterlace. A command states that before the source has
 * described itself, so it assumes the last description; if the new one differs, reading begins again, before the first
 * picture. No source is probed in advance, and none is read twice at the same time.
 */
import { type Observable, catchError, concat, defer, of, throwError } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';
import { NoVideo } from '../../core/errors/errors.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import type { CameraOrigin, Deinterlace } from '../../core/plan/plan.js';
import type { Source, StreamChoice } from '../../core/source.js';
import type { StreamFact } from './description.js';
import { held } from './held.js';

export interface Reading {
  /** Number of the video stream, from 0, without cover pictures of audio. */
  readonly stream: number;
  /** Which pictures are deinterlaced; absent for none. */
  readonly fields?: 'all' | 'interlaced';
}

/** Returns the stream to read, of those in the description. Throws if that needs another command. */
export type Choose = (streams: readonly StreamFact[]) => StreamFact;

/** Limit of new beginnings: a source whose streams are in another order each time is then read as it is. */
const MOST_BEGINNINGS = 3;

export const PROGRESS: EngineEvent = { type: 'progress' };

/** The last description of each source. */
const described = new WeakMap<Source, readonly StreamFact[]>();

/** The description differs from the one that the command assumes. */
class OtherReading extends Error {}

/** @param decodes - whether pictures are decoded */
interface ReadingOptions { readonly origin: CameraOrigin; readonly context: EngineContext; readonly decodes: boolean }

/** Runs a command on a source, and another one if the description requires it. */
export function settled(
  { origin, context, decodes }: ReadingOptions, run: (reading: Reading, choose: Choose, context: EngineContext) => Observable<EngineEvent>,
  beginnings = MOST_BEGINNINGS,
): Observable<EngineEvent> {
  return defer(() => {
    const { context: inner, gone$ } = held(context);
    const reading = readingOf(described.get(origin.source) ?? [], origin, decodes);
    const choose: Choose = (streams) => {
      described.set(origin.source, streams);
      const chosen = chosenOf(streams, origin.stream);
      const { stream, fields } = readingOf(streams, origin, decodes);
      if (beginnings > 1 && (stream !== reading.stream || fields !== reading.fields)) throw new OtherReading();
      return streams[reading.stream] ?? chosen;
    };
    return run(reading, choose, inner).pipe(catchError((error: unknown) => (error instanceof OtherReading
      ? concat(gone$, of(PROGRESS), settled({ origin, context, decodes }, run, beginnings - 1))
      : throwError(() => error))));
  });
}

/** @throws NoVideo if there is no stream of that number */
export function chosenOf(streams: readonly StreamFact[], choice: StreamChoice): StreamFact {
  const chosen = streams[numberOf(streams, choice)];
  if (chosen !== undefined) return chosen;
  throw new NoVideo(`the source has ${streams.length} video stream${streams.length === 1 ? '' : 's'}, numbered from 0; the option stream is ${choice}`);
}

/** The warning about several streams. */
export function toldOf(streams: readonly StreamFact[], chosen: StreamFact): string {
  const each = streams.map(({ codec, width, height, fps }, number) => (
    `${number} (${[codec, width !== undefined && height !== undefined && `${width}x${height}`, fps !== undefined && `${fps} fps`].filter(Boolean).join(', ')})`
  ));
  return `the source has ${streams.length} video streams: ${each.join(', ')}; stream ${streams.indexOf(chosen)} is used`;
}

function readingOf(streams: readonly StreamFact[], { stream, deinterlace }: CameraOrigin, decodes: boolean): Reading {
  const number = numberOf(streams, stream);
  const isMade = decodes && isDeinterlaced(deinterlace, streams[number] ?? {});
  return { stream: number, ...(isMade && { fields: deinterlace === true ? 'all' : 'interlaced' }) };
}

/** Whether such a source is deinterlaced. */
export function isDeinterlaced(deinterlace: Deinterlace, { interlaced = false }: Pick<SourceInfo, 'interlaced'>): boolean {
  return deinterlace === true || (deinterlace === 'auto' && interlaced);
}

/** Number of the largest stream; the first of several equal ones. */
function numberOf(streams: readonly StreamFact[], choice: StreamChoice): number {
  if (typeof choice === 'number') return choice;
  if (choice === 'first' || streams.length === 0) return 0;
  const areas = streams.map(({ width = 0, height = 0 }) => width * height);
  return areas.indexOf(Math.max(...areas));
}
