/** clip(): makes one MP4 of a period from a broker. */
import { Observable, filter, firstValueFrom, fromEvent, last, lastValueFrom, map, skipWhile, takeUntil, takeWhile, tap } from 'rxjs';
import { z } from 'zod';
import { subscribe, verify } from '../../operators/index.js';
import type { Broker } from '../broker/index.js';
import { wall } from '../core/clock.js';
import { CLIP } from '../core/defaults/reading.js';
import { NoVideo, RecordingFailed } from '../core/errors/errors.js';
import { ffmpegMuxer } from '../ffmpeg/index.js';
import type { Received } from '../message/index.js';
import { abortSignal, options, parseOptions } from '../core/options.js';
import { type RecordClosed, type RecordGap, SingleFile, diskFolder, recordOne } from '../consumer/index.js';

/** Options of {@link clip}. */
export interface ClipConfig {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key of the messages. */
  readonly key: string;
  /** Start, as a Date or in ms since 1970: the clip begins at the keyframe before it. */
  readonly from: Date | number;
  /** End, as a Date or in ms since 1970: time of the last picture. */
  readonly to: Date | number;
  /** Path of the MP4; an existing file is replaced. */
  readonly file: string;
  /** Aborts the clip, and removes the file. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Contents of a clip. */
export interface Clip extends Pick<RecordClosed, 'file' | 'codec' | 'width' | 'height' | 'from' | 'to' | 'durationMs' | 'pictures' | 'bytes'> {
  /** Gaps with missing pictures. */
  readonly gaps: readonly Pick<RecordGap, 'cause' | 'size' | 'from' | 'to'>[];
}

const time = () => z.union([z.date(), z.number().min(0)], { error: 'expected a Date or a time in ms' }).transform(Number);

const SCHEMA = options({
  topic: z.string().min(1), key: z.string(), from: time(), to: time(), file: z.string().min(1),
  signal: abortSignal().optional(),
}).refine(({ from, to }) => from <= to, { message: "expected 'from' before 'to'", path: ['from'] });

/**
 * Writes one MP4 of a period from a broker, with unchanged access units: from the keyframe before `from` to the last picture
 * up to `to`. The clip ends if the size or the codec changes. `gaps` lists missing pictures.
 *
 * Rejects with InvalidOption; with NoVideo if no picture of the period can be decoded; with RecordingFailed if the file can't be
 * written; with the signal's reason if it is aborted.
 *
 * @example
 * ```ts
 * const now = Date.now();
 * await clip(broker, { topic: 'video', key: 'gate', from: now - 60_000, to: now, file: 'gate.mp4' });
 * ```
 */
export async function clip(broker: Broker, config: ClipConfig): Promise<Clip> {
  const { signal, file, ...period } = parseOptions('clip', SCHEMA, config);
  signal?.throwIfAborted();
  const begin = await keyframeBefore(broker, period);
  const received$ = upTo(broker, period, begin, period.to).pipe(
    // If the broker sets times itself, a picture captured before `to` may have a later time.
    skipWhile((message) => timeOf(message) < begin),
    verify(),
  );
  const written$ = received$.pipe(recordOne(new SingleFile(diskFolder, file), ffmpegMuxer));
  const aborted$ = signal === undefined ? new Observable<never>() : fromEvent(signal, 'abort');
  const gaps: RecordGap[] = [];
  const closed$ = written$.pipe(
    tap((event) => { if (event.type === 'gap') gaps.push(event); }),
    filter((event): event is RecordClosed => event.type === 'closed'),
    takeUntil(aborted$),
  );
  const closed = await firstValueFrom(closed$, { defaultValue: undefined });
  if (signal?.aborted === true) diskFolder.remove(file);
  signal?.throwIfAborted();
  if (closed === undefined) throw new NoVideo(`clip: no picture of '${period.key}' in '${period.topic}' from ${iso(begin)} to ${iso(period.to)} decodes`);
  if (closed.error !== undefined) throw new RecordingFailed(`clip: ${closed.error}`);
  const { codec, width, height, from, to, durationMs, pictures, bytes } = closed;
  const missing = gaps.map(({ cause, size, from: after, to: before }) => ({ cause, size, from: after, to: before }));
  return { file, codec, width, height, from, to, durationMs, pictures, bytes, gaps: missing };
}

interface Period { readonly topic: string; readonly key: string; readonly from: number; readonly to: number }

/** The time of the last picture up to `from` that decodes alone; `from` if none is found. Each search looks back further. */
async function keyframeBefore(broker: Broker, period: Period): Promise<number> {
  const { from } = period;
  for (const backMs of CLIP.lookBackMs) {
    const keyframes$ = upTo(broker, period, Math.max(0, from - backMs), from).pipe(
      filter(({ referenceOrder }) => referenceOrder === undefined),
      // A picture that states its keyframe makes further reading unnecessary.
      map((message) => (message.keyframe === false ? message.keyframeAt : timeOf(message))), filter((at) => at !== undefined),
    );
    const found = await lastValueFrom(keyframes$.pipe(last(null, undefined)), { defaultValue: undefined });
    if (found !== undefined) return found;
  }
  return from;
}

/** The messages of pictures up to a time. The times of a broker that sets them itself (Redis) are slightly later. */
function upTo(broker: Broker, { topic, key }: Period, from: number, to: number): Observable<Received> {
  const late = Math.max(to, Math.min(to + CLIP.latenessMs, wall()));
  return subscribe(broker, { topic, key, from, to: late }).pipe(takeWhile((message) => timeOf(message) <= to));
}

function timeOf({ capturedAt, timestamp }: Received): number {
  return capturedAt ?? timestamp;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
