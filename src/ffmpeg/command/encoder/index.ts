/** Encoders, and the choice among them. A new encoder is one file and one line here. */
import type { EncodeStep, EncodeH265Step } from '../../../core/steps/index.js';
import type { Encoder } from './encoder.js';
import { mjpeg } from './mjpeg.js';
import { nvenc } from './nvenc.js';
import { qsv } from './qsv.js';
import { vaapi } from './vaapi.js';
import { videotoolbox } from './videotoolbox.js';
import { x265 } from './x265.js';

/** Hardware first, in the order in which it is tried; software last. */
const ENCODERS: readonly Encoder[] = [nvenc, qsv, vaapi, videotoolbox, x265, mjpeg];

/** The software encoder for a step: it needs no probe. */
export function softwareEncoder(step: EncodeStep): Encoder {
  const found = ENCODERS.find((encoder) => encoder.hardware === undefined && encoder.codec === step.codec);
  if (found === undefined) throw new Error(`no software encoder for ${step.codec}`);
  return found;
}

/** The hardware encoders that a step allows, in the order in which they are tried; one requested by name is tried on every platform. */
export function hardwareEncoders(step: EncodeH265Step): readonly Encoder[] {
  return ENCODERS.filter((encoder) => encoder.hardware !== undefined && encoder.codec === step.codec
    && (step.hardware === true ? encoder.platforms?.includes(process.platform) === true : encoder.hardware === step.hardware));
}

export type { Encoder, ExpectedPictures } from './encoder.js';
