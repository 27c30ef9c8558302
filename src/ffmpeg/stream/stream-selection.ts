/**
 * Selects the video stream of a source to read, and whether to deinterlace it. A command states both before the source has described
 * itself, so it assumes the last description; if the new one differs, reading begins again, before the first picture. No source is
 * probed in advance, and none is read twice at the same time.
 */
import { NoVideo } from '../../core/errors/errors.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import type { CameraOrigin, Deinterlace } from '../../core/plan/plan.js';
import type { Source, StreamChoice } from '../../core/source.js';
import type { StreamFact } from './description.js';
import { SourceMismatch } from './source-mismatch.js';

/** The stream that a command reads, and how. */
export interface StreamSelection {
  /** Number of the video stream, from 0; cover pictures of audio are not counted. */
  readonly stream: number;
  /** Which pictures are deinterlaced; absent for none. */
  readonly fields?: 'all' | 'interlaced';
}

/** Returns the stream to read, of those in the description. @throws SourceMismatch if that needs another command */
export type ChooseStream = (streams: readonly StreamFact[]) => StreamFact;

/** The last description of each source. */
const descriptions = new WeakMap<Source, readonly StreamFact[]>();

/**
 * The selection by the last description of a source, and a function to call with the new description.
 * @param decodes - whether pictures are decoded
 * @param mayChange - whether the function may throw `SourceMismatch`
 */
export function streamSelectionOf(
  origin: CameraOrigin, decodes: boolean, mayChange: boolean,
): { readonly selection: StreamSelection; readonly choose: ChooseStream } {
  const selection = selectionFor(descriptions.get(origin.source) ?? [], origin, decodes);
  const choose: ChooseStream = (streams) => {
    descriptions.set(origin.source, streams);
    const chosen = chosenStream(streams, origin.stream);
    const { stream, fields } = selectionFor(streams, origin, decodes);
    if (mayChange && (stream !== selection.stream || fields !== selection.fields)) throw new SourceMismatch();
    return streams[selection.stream] ?? chosen;
  };
  return { selection, choose };
}

/** The stream of a choice. @throws NoVideo if there is no stream of that number */
export function chosenStream(streams: readonly StreamFact[], choice: StreamChoice): StreamFact {
  const chosen = streams[streamNumber(streams, choice)];
  if (chosen !== undefined) return chosen;
  throw new NoVideo(`the source has ${streams.length} video stream${streams.length === 1 ? '' : 's'}, numbered from 0; the option stream is ${choice}`);
}

/** The text of the warning about several streams. */
export function severalStreamsWarning(streams: readonly StreamFact[], chosen: StreamFact): string {
  const each = streams.map(({ codec, width, height, fps }, number) => (
    `${number} (${[codec, width !== undefined && height !== undefined && `${width}x${height}`, fps !== undefined && `${fps} fps`].filter(Boolean).join(', ')})`
  ));
  return `the source has ${streams.length} video streams: ${each.join(', ')}; stream ${streams.indexOf(chosen)} is used`;
}

function selectionFor(streams: readonly StreamFact[], { stream, deinterlace }: CameraOrigin, decodes: boolean): StreamSelection {
  const number = streamNumber(streams, stream);
  const isNeeded = decodes && isDeinterlaced(deinterlace, streams[number] ?? {});
  return { stream: number, ...(isNeeded && { fields: deinterlace === true ? 'all' : 'interlaced' }) };
}

/** Whether a source is deinterlaced. */
export function isDeinterlaced(deinterlace: Deinterlace, { interlaced = false }: Pick<SourceInfo, 'interlaced'>): boolean {
  return deinterlace === true || (deinterlace === 'auto' && interlaced);
}

/** Number of the chosen stream; of several equally large ones, the first. */
function streamNumber(streams: readonly StreamFact[], choice: StreamChoice): number {
  if (typeof choice === 'number') return choice;
  if (choice === 'first' || streams.length === 0) return 0;
  const areas = streams.map(({ width = 0, height = 0 }) => width * height);
  return areas.indexOf(Math.max(...areas));
}
