/** One ffmpeg process that makes a JPEG from access units. */
import { type Observable, filter, map, switchMap, take } from 'rxjs';
import { STEPS } from '../../core/steps/index.js';
import { runChild } from '../process/index.js';
import { type StillUnit, software, stillArguments } from '../command/index.js';
import { findFfmpeg } from '../binary/index.js';

/**
 * Emits the first picture as a JPEG; completes without a value if no unit decodes. Unsubscribing ends the process.
 * @param data - Annex B, from a keyframe on
 */
export function makeStill(data: Buffer, unit: StillUnit, quality: number): Observable<Buffer> {
  const step = STEPS.encodeJpeg.step({ quality });
  const encoder = software(step);
  return findFfmpeg([encoder.name]).pipe(
    switchMap((facts) => runChild({
      path: facts.path, args: stillArguments(unit, { step, encoder }, facts), live: false, address: 'access units', secrets: [],
      hold: () => () => undefined,
      attach: ({ stdin }) => {
        stdin.end(data);
        return () => undefined;
      },
    })),
    filter((output) => output.kind === 'packet'),
    take(1),
    map(({ packet }) => packet.data),
  );
}
