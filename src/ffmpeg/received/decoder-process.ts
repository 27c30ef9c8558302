/** Runs one ffmpeg process that decodes access units. NUT is its input and output, so that each picture keeps its media time. */
import { type Observable, switchMap } from 'rxjs';
import type { DecodedPicture, Decoder, PictureForm } from '../../core/engine/decoder.js';
import { RESIZE } from '../../core/defaults/defaults.js';
import { type EncodeJpegStep, STEPS, type Step } from '../../core/steps/index.js';
import { runChild } from '../process/index.js';
import { ACCESS_UNITS, decodeArguments } from './received-command.js';
import { type Encoder, softwareEncoder } from '../command/index.js';
import { findFfmpeg } from '../binary/index.js';
import { mapEach } from '../stream/index.js';
import { FOURCC, writeUnits } from './mux.js';
import { nutHeader } from '../nut/index.js';

/** Decodes in a separate process, which delays pictures only if there are B-frames. */
export const ffmpegDecoder: Decoder = (input, form) => {
  const encoding = jpegEncoding(form);
  return findFfmpeg(encoding === undefined ? [] : [encoding.encoder.name]).pipe(
    switchMap((facts): Observable<DecodedPicture> => runChild({
      path: facts.path, args: decodeArguments({ pixelFormat: form.pixelFormat, steps: resizeSteps(form), rotation: input.rotation }, encoding, facts),
      ...ACCESS_UNITS,
      attach: ({ stdin }) => writeUnits(input, stdin, () => nutHeader({ ...input, fourcc: FOURCC[input.codec] })),
    }).pipe(mapEach((output): DecodedPicture[] => {
      if (output.kind !== 'packet') return [];
      const { packet: { pts, data }, stream: { width = 0, height = 0 } } = output;
      return [{ pts, data, width, height }];
    }))),
  );
};

function jpegEncoding({ pixelFormat, quality }: PictureForm): { step: EncodeJpegStep; encoder: Encoder } | undefined {
  if (pixelFormat !== 'jpeg') return undefined;
  const step = STEPS.encodeJpeg.step({ quality });
  return { step, encoder: softwareEncoder(step) };
}

function resizeSteps({ size }: PictureForm): readonly Step[] {
  return size === undefined ? [] : [{ kind: 'resize', ...size, fit: 'inside', enlarge: false, algorithm: RESIZE.algorithm, squarePixels: false }];
}
