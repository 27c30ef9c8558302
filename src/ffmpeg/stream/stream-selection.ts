/**
 * How a source is read: which of its video streams, and whether to deinterlace. A command states that before the source has
 * described itself, so it assumes the last description; if the new one differs, reading begins again, before the first
 * picture. No source is probed in advance, and none is read twice at the same time.
 */
import { NoVideo } from '../../core/errors/errors.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import type { CameraOrigin, Deinterlace } from '../../core/plan/plan.js';
import type { Source, StreamChoice } from '../../core/source.js';
import type { StreamFact } from './description.js';
import { SourceMismatch } from './source-mismatch.js';

/** The part of a source that a command reads. */
export interface StreamSelection {
  /** Number of the video stream, from 0, without cover pictures of audio. */
  readonly stream: number;
  /** Which pictures are deinterlaced; absent for none. */
  readonly fields?: 'all' | 'interlaced';
}

/** Returns the stream to read, of those in the description. Throws if that needs another command. */
export type ChooseStream = (streams: readonly StreamFact[]) => StreamFact;

/** The last description of each source. */
const described = new WeakMap<Source, readonly StreamFact[]>();

/**
 * How to read a source, by its last description. The function is called with the new one, and throws `SourceMismatch` if that needs
 * another command.
 * @param decodes - whether pictures are decoded
 */
export function streamSelectionOf(
  origin: CameraOrigin, decodes: boolean, mayChange: boolean,
): { readonly reading: StreamSelection; readonly choose: ChooseStream } {
  const reading = readingBy(described.get(origin.source) ?? [], origin, decodes);
  const choose: ChooseStream = (streams) => {
    described.set(origin.source, streams);
    const chosen = chosenStream(streams, origin.stream);
    const { stream, fields } = readingBy(streams, origin, decodes);
    if (mayChange && (stream !== reading.stream || fields !== reading.fields)) throw new SourceMismatch();
    return streams[reading.stream] ?? chosen;
  };
  return { reading, choose };
}

/** @throws NoVideo if there is no stream of that number */
export function chosenStream(streams: readonly StreamFact[], choice: StreamChoice): StreamFact {
  const chosen = streams[numberOf(streams, choice)];
  if (chosen !== undefined) return chosen;
  throw new NoVideo(`the source has ${streams.length} video stream${streams.length === 1 ? '' : 's'}, numbered from 0; the option stream is ${choice}`);
}

/** The warning about several streams. */
export function severalStreamsWarning(streams: readonly StreamFact[], chosen: StreamFact): string {
  const each = streams.map(({ codec, width, height, fps }, number) => (
    `${number} (${[codec, width !== undefined && height !== undefined && `${width}x${height}`, fps !== undefined && `${fps} fps`].filter(Boolean).join(', ')})`
  ));
  return `the source has ${streams.length} video streams: ${each.join(', ')}; stream ${streams.indexOf(chosen)} is used`;
}

function readingBy(streams: readonly StreamFact[], { stream, deinterlace }: CameraOrigin, decodes: boolean): StreamSelection {
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
