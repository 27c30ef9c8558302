/**
 * How a source is read: which of its video streams. A command must say so before the source has said anything of itself, so
 * a source is read as it described itself last; where it does so otherwise now, reading begins again, before its first
 * picture. No source is asked beforehand, and none is read twice at once.
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
  /** Number of the video stream, covers of sound not counted. */
  readonly stream: number;
  /** Which pictures are taken for two fields that are to be made one; absent for none. */
  readonly fields?: 'all' | 'interlaced';
}

/** The stream that is read, of those that the source has. Throws if another command is wanted. */
export type Choose = (streams: readonly StreamFact[]) => StreamFact;

/** A source whose streams never come in the same order is read as it is in the end. */
const MOST_BEGINNINGS = 3;

export const PROGRESS: EngineEvent = { type: 'progress' };

/** What each source has said of itself last. */
const described = new WeakMap<Source, readonly StreamFact[]>();

/** The source has described itself otherwise than it is read. */
class OtherReading extends Error {}

/** @param decodes - whether pictures are decoded */
interface ReadingOptions { readonly origin: CameraOrigin; readonly context: EngineContext; readonly decodes: boolean }

/** Runs a command on a source, again if it must be another. */
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

/** @throws NoVideo where there is none of that number */
export function chosenOf(streams: readonly StreamFact[], choice: StreamChoice): StreamFact {
  const chosen = streams[numberOf(streams, choice)];
  if (chosen !== undefined) return chosen;
  throw new NoVideo(`the source has ${streams.length} video stream${streams.length === 1 ? '' : 's'} and none of number ${choice}, which 'stream' asks for; they are counted from 0`);
}

/** What is told of several streams. */
export function toldOf(streams: readonly StreamFact[], chosen: StreamFact): string {
  const each = streams.map(({ codec, width, height, fps }, number) => (
    `${number} (${[codec, width !== undefined && height !== undefined && `${width}x${height}`, fps !== undefined && `${fps} fps`].filter(Boolean).join(', ')})`
  ));
  return `the source has ${streams.length} video streams: ${each.join(', ')}; ${streams.indexOf(chosen)} is read`;
}

function readingOf(streams: readonly StreamFact[], { stream, deinterlace }: CameraOrigin, decodes: boolean): Reading {
  const number = numberOf(streams, stream);
  const isMade = decodes && isDeinterlaced(deinterlace, streams[number] ?? {});
  return { stream: number, ...(isMade && { fields: deinterlace === true ? 'all' : 'interlaced' }) };
}

/** Whether fields of such a source are made pictures. */
export function isDeinterlaced(deinterlace: Deinterlace, { interlaced = false }: Pick<SourceInfo, 'interlaced'>): boolean {
  return deinterlace === true || (deinterlace === 'auto' && interlaced);
}

/** The first of the largest where several are as large. */
function numberOf(streams: readonly StreamFact[], choice: StreamChoice): number {
  if (typeof choice === 'number') return choice;
  if (choice === 'first' || streams.length === 0) return 0;
  const areas = streams.map(({ width = 0, height = 0 }) => width * height);
  return areas.indexOf(Math.max(...areas));
}
