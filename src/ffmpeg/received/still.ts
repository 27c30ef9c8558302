/** Runs one ffmpeg process that makes a JPEG of access units. */
import { type Observable, filter, map, switchMap, take } from 'rxjs';
import { STEPS } from '../../core/steps/index.js';
import { runChild } from '../process/index.js';
import { type StillUnit, softwareEncoder, stillArguments } from '../command/index.js';
import { findFfmpeg } from '../binary/index.js';
import { ACCESS_UNITS } from './received-command.js';

/**
 * Emits the first picture as a JPEG; completes without a value if no unit can be decoded. Unsubscribing ends the process.
 * @param data - Annex B, from a keyframe on
 */
export function makeStill(data: Buffer, unit: StillUnit, quality: number): Observable<Buffer> {
  const step = STEPS.encodeJpeg.step({ quality });
  const encoder = softwareEncoder(step);
  return findFfmpeg([encoder.name]).pipe(
    switchMap((facts) => runChild({
      path: facts.path, args: stillArguments(unit, { step, encoder }, facts), ...ACCESS_UNITS,
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
