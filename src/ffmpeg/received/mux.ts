/** Runs one ffmpeg process that writes access units, unchanged, into a fragmented MP4. */
import type { Writable } from 'node:stream';
import { type Observable, ignoreElements, switchMap } from 'rxjs';
import type { DecoderUnit } from '../../core/engine/decoder.js';
import type { Codec } from '../../core/frame/frame.js';
import type { Muxer, MuxerInput } from '../../core/engine/recorder.js';
import { parameterSets } from '../annexb/index.js';
import { runChild, writeToPipe } from '../process/index.js';
import { ACCESS_UNITS, muxArguments } from './received-command.js';
import { findFfmpeg } from '../binary/index.js';
import { nutFrameHead, nutHeader } from '../nut/index.js';

/** The codecs' tags in NUT. */
export const FOURCC: Readonly<Record<Codec, string>> = { h265: 'HEVC', h264: 'H264', jpeg: 'MJPG' };

/** Writes an MP4. If ffmpeg or Node is killed, at most half a second is lost: fragments are that long and are written at once. */
export const ffmpegMuxer: Muxer = (path, input) => findFfmpeg().pipe(
  switchMap((facts): Observable<never> => runChild({
    path: facts.path, args: muxArguments(path, input), ...ACCESS_UNITS, address: path,
    attach: ({ stdin }) => writeUnits(input, stdin, (first) => nutHeaderOf(input, first)),
  }).pipe(ignoreElements())),
);

/** The header of a NUT stream, with the parameter sets of the first unit, a keyframe: MP4 has them in its own header. */
export function nutHeaderOf({ codec, width, height }: Pick<MuxerInput, 'codec' | 'width' | 'height'>, { data }: DecoderUnit): Buffer {
  const extradata = codec === 'jpeg' ? Buffer.alloc(0) : parameterSets(data, codec);
  return nutHeader({ fourcc: FOURCC[codec], width, height, extradata });
}

/**
 * Writes units to a pipe as NUT, as `writeToPipe` does.
 * @returns a function that stops the writing
 */
export function writeUnits(
  input: Pick<MuxerInput, 'units$' | 'ready'>, pipe: Writable, headerOf: (first: DecoderUnit) => Buffer, end?: () => void,
): () => void {
  let isFirst = true;
  return writeToPipe({ values$: input.units$, ready: (yes) => { input.ready(yes); } }, pipe, (unit) => {
    pipe.cork();
    if (isFirst) pipe.write(headerOf(unit));
    isFirst = false;
    pipe.write(nutFrameHead({ pts: unit.pts, key: unit.keyframe, data: unit.data }));
    const hasRoom = pipe.write(unit.data);
    pipe.uncork();
    return hasRoom;
  }, end);
}
