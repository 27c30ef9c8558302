/** One ffmpeg process that writes access units into a fragmented MP4, as they are. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type Observable, ignoreElements, switchMap } from 'rxjs';
import type { DecoderUnit } from '../../core/engine/decoder.js';
import type { Codec } from '../../core/frame/frame.js';
import type { Muxer, MuxerInput } from '../../core/engine/recorder.js';
import { parameterSets } from '../annexb/index.js';
import { runChild } from '../process/index.js';
import { muxArguments } from './received-command.js';
import { findFfmpeg } from '../binary/index.js';
import { nutFrameHead, nutHeader } from '../nut/index.js';

/** Names by which NUT tells codecs. */
export const FOURCC: Readonly<Record<Codec, string>> = { h265: 'HEVC', h264: 'H264', jpeg: 'MJPG' };

/** Loses half a second at most when ffmpeg or Node is killed: fragments are that long, and go to the disk at once. */
export const ffmpegMuxer: Muxer = (path, input) => findFfmpeg().pipe(
  switchMap((facts): Observable<never> => runChild({
    path: facts.path, args: muxArguments(path, input), live: false, address: path, secrets: [], hold: () => () => undefined,
    attach: (child) => writeUnits(input, child, (first) => headerOf(input, first)),
  }).pipe(ignoreElements())),
);

/** MP4 has the parameter sets in its header; the first unit is a keyframe and has them. */
function headerOf({ codec, width, height }: MuxerInput, { data }: DecoderUnit): Buffer {
  const extradata = codec === 'jpeg' ? Buffer.alloc(0) : parameterSets(data, codec);
  return nutHeader({ fourcc: FOURCC[codec], width, height, extradata });
}

/** What a child is fed with. */
interface Feeding { readonly units$: MuxerInput['units$']; ready(yes: boolean): void }

/**
 * Writes units to a child's stdin while the pipe takes them; a full pipe asks for no more until it has drained.
 * @returns what ends it
 */
export function writeUnits(input: Feeding, { stdin }: ChildProcessWithoutNullStreams, headerOf: (first: DecoderUnit) => Buffer): () => void {
  let isFirst = true;
  const writing = input.units$.subscribe({
    next: (unit) => {
      stdin.cork();
      if (isFirst) stdin.write(headerOf(unit));
      isFirst = false;
      stdin.write(nutFrameHead({ pts: unit.pts, key: unit.keyframe, data: unit.data }));
      if (!stdin.write(unit.data)) input.ready(false);
      stdin.uncork();
    },
    complete: () => { stdin.end(); },
  });
  const onDrain = () => { input.ready(true); };
  stdin.on('drain', onDrain);
  input.ready(true);
  return () => {
    stdin.off('drain', onDrain);
    writing.unsubscribe();
  };
}
