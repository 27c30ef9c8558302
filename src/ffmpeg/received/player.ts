/** Shows access units in a window of ffplay, and writes them as NUT into a pipe. */
import type { Writable } from 'node:stream';
import { Observable, ignoreElements, map } from 'rxjs';
import type { DecoderUnit } from '../../core/engine/decoder.js';
import { RecordingFailed } from '../../core/errors/errors.js';
import type { Codec } from '../../core/frame/frame.js';
import type { Muxer } from '../../core/engine/recorder.js';
import { runChild } from '../process/index.js';
import { findInPath } from '../binary/index.js';
import { nutHeaderOf, writeUnits } from './mux.js';
import { ACCESS_UNITS } from './received-command.js';

/** Distance between the last picture of one piece and the first of the next; µs. */
const GAP_US = 40_000;

/** Without probing and buffering: the stream states its codec, and a picture is shown when it arrives. */
const PLAYER_OPTIONS = [
  '-hide_banner', '-loglevel', 'error', '-nostats', '-autoexit', '-fflags', 'nobuffer', '-flags', 'low_delay',
  '-probesize', '32', '-analyzeduration', '0', '-f', 'nut',
];

/** Environment variables that ffplay's window needs in addition to ffmpeg's. */
const WINDOW_VARIABLES = /^(?:SDL_\w+|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|PULSE_SERVER)$/;

/** The path of ffplay; undefined if it is not in PATH. */
export function findPlayer(): string | undefined {
  return findInPath('ffplay');
}

/**
 * Opens a window. Completes when it is closed, or when `feed` has completed and all pictures were shown; unsubscribing closes it.
 * @param feed - writes NUT into the window's pipe
 */
export function showInWindow(path: string, title: string, feed: (pipe: Writable) => Observable<unknown>): Observable<never> {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => WINDOW_VARIABLES.test(entry[0])));
  return new Observable<never>((subscriber) => {
    const child$ = runChild({
      path, args: [...PLAYER_OPTIONS, '-window_title', title, '-i', 'pipe:0'], env, ...ACCESS_UNITS,
      attach: ({ stdin }) => {
        const feeding = feed(stdin).subscribe({
          error: (error: unknown) => { subscriber.error(error); },
          complete: () => { stdin.end(); },
        });
        return () => { feeding.unsubscribe(); };
      },
    });
    subscriber.add(child$.pipe(ignoreElements()).subscribe(subscriber));
  });
}

/**
 * A muxer that writes its pieces into one pipe, one after the other, and leaves the pipe open. The player reads a new size from the
 * access units; a change of codec is an error, because a NUT stream has one codec.
 */
export function pipeMuxer(pipe: Writable): Muxer {
  let codec: Codec | undefined;
  let end = 0;
  return (_, input) => new Observable<never>((subscriber) => {
    const isFirst = codec === undefined;
    codec ??= input.codec;
    if (codec !== input.codec) {
      subscriber.error(new RecordingFailed(`the codec changed from ${codec} to ${input.codec}: start again`));
      return undefined;
    }
    const begin = isFirst ? 0 : end + GAP_US;
    const units$ = input.units$.pipe(map((unit) => {
      const pts = begin + unit.pts;
      end = Math.max(end, pts);
      return { ...unit, pts };
    }));
    const header = (first: DecoderUnit) => (isFirst ? nutHeaderOf(input, first) : Buffer.alloc(0));
    return writeUnits({ units$, ready: (yes) => { input.ready(yes); } }, pipe, header, () => { subscriber.complete(); });
  });
}
