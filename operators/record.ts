/** record: writes encoded messages, unchanged, into MP4 files. */
import { Observable, type OperatorFunction, type Subscriber, Subscription } from 'rxjs';
import { take } from '../src/ledger/index.js';
import { type Decodable, type RecordSettings, type Recorded, type StreamPlace, Library, RecordStream, Streams, diskFolder, isGap } from '../src/consumer/index.js';
import { RECORD } from '../src/core/defaults/reading.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { ffmpegMuxer } from '../src/ffmpeg/index.js';
import { byteCount, callback, milliseconds, options, parseOptions } from '../src/core/options.js';
import type { Muxer, RecordFolder } from '../src/core/engine/recorder.js';
import { z } from 'zod';

/** Options of {@link record}. */
export interface RecordConfig {
  /** Length of a file, in ms. It ends at the first keyframe of the next period of the wall clock. Default 600,000 (ten minutes). */
  readonly every?: number | undefined;
  /** Time between two pictures, in ms, above which a new file begins. Default 5,000. */
  readonly gapMs?: number | undefined;
  /** Limits above which the oldest files are removed. Default: none. */
  readonly keep?: {
    /** Bytes of all files in the folder together. */
    readonly bytes?: number | undefined;
    /** Age of a file's first picture, in ms. */
    readonly ms?: number | undefined;
  } | undefined;
  /** Whether to write an HLS playlist, `index.m3u8`, for the files of each key. Default false. */
  readonly hls?: boolean | undefined;
  /** The muxer, which writes files. Default: ffmpeg; `rxcam/testing` has one without processes. */
  readonly muxer?: Muxer | undefined;
  /** The file system. Default: the disk. */
  readonly files?: RecordFolder | undefined;
}

const SCHEMA = options({
  every: milliseconds().min(1_000).default(RECORD.every),
  gapMs: milliseconds().min(1).default(RECORD.gapMs),
  keep: options({ bytes: byteCount().optional(), ms: milliseconds().min(1).optional() }).default({}),
  hls: z.boolean().default(RECORD.hls),
  muxer: callback<Muxer>().optional(),
  files: z.custom<RecordFolder>((value) => typeof (value as Partial<RecordFolder> | null)?.append === 'function', { message: 'expected a folder' }).optional(),
});

/** A gap that `verify` has found. */
interface MissingMessages extends StreamPlace { readonly verdict: 'gap'; readonly cause: string; readonly size: number }

/**
 * Writes received messages into fragmented MP4 files, their access units unchanged, and emits reports about files and gaps.
 *
 * ```text
 * messages           -K-d-d-K-d-------K-|      K: a keyframe
 * record(folder)     -o-----------g---o-c|     o: opened, g: gap, c: closed
 * ```
 *
 * Each key has a folder with its name, and the files are named after the time of their first picture:
 * `gate/2026-11-28T23-47-58-123Z.mp4`. A file begins at a keyframe; the next one begins with each period, at a gap, and if the size,
 * the codec or the sender's media time changes. A file can be played while it is written; if ffmpeg or Node is killed, it lacks at
 * most the last half second. The file `recordings.ndjson` in the folder has a line for each complete file and each gap. A message is
 * acknowledged when it is written.
 *
 * - Error: the source's passes when the files are complete. A file that fails is closed and the next one begins at a keyframe;
 *   the third consecutive failure (a full disk) is a RecordingFailed.
 * - Completion: when the source has completed and the files are complete.
 * - Unsubscription: completes the files.
 *
 * @example
 * ```ts
 * subscribe(broker, { topic: 'video' }).pipe(verify(), record('recordings', { every: 600_000, keep: { bytes: 100e9 } })).subscribe();
 * ```
 * @param folder - path of the folder, created if it does not exist
 * @throws InvalidOption
 * @see decode
 */
export function record(folder: string, config: RecordConfig = {}): OperatorFunction<Decodable | MissingMessages, Recorded> {
  if (typeof folder !== 'string' || folder === '') throw new InvalidOption(`record: folder ${JSON.stringify(folder)} given, expected a path`);
  const { muxer = ffmpegMuxer, files = diskFolder, keep, hls, ...settings } = parseOptions('record', SCHEMA, config);
  return (source) => new Observable((subscriber) => {
    const recording = new Recording(new Library(files, folder.replace(/(?<=.)\/+$/, ''), keep, hls), muxer, settings, subscriber);
    const upstream = new Subscription();
    subscriber.add(upstream);
    // After the source is unsubscribed: releasing values makes room in the source, which would emit another one.
    subscriber.add(() => { recording.leave(); });
    upstream.add(source.subscribe(recording));
  });
}

/** One subscription to `record`: a stream for each topic, key and camera. */
class Recording {
  readonly #streams = new Streams((place, done) => this.#newStream(place, done), () => { this.#finish(); });
  #failure: { readonly error: unknown } | undefined;

  constructor(readonly library: Library, readonly muxer: Muxer, readonly settings: RecordSettings, readonly subscriber: Subscriber<Recorded>) {}

  next(value: Decodable | MissingMessages): void {
    const stream = this.#streams.streamOf(value);
    if (isGap(value)) stream.gap(value.cause, value.size);
    else stream.push(value, take(value, 'stdin', this));
  }

  error(error: unknown): void {
    this.#failure = { error };
    this.#streams.end();
  }

  complete(): void {
    this.#streams.end();
  }

  leave(): void {
    for (const stream of this.#streams.all) stream.stop();
  }

  #newStream(place: StreamPlace, complete: () => void): RecordStream {
    return new RecordStream(this.library, this.muxer, this.settings, place, {
      report: (event) => { this.subscriber.next(event); },
      error: (error) => { this.subscriber.error(error); },
      complete,
    });
  }

  #finish(): void {
    if (this.#failure === undefined) this.subscriber.complete();
    else this.subscriber.error(this.#failure.error);
  }
}
