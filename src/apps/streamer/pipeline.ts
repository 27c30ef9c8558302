/** The pipeline of one camera of CameraStreamer. */
import { type Observable, type OperatorFunction, asapScheduler, defer, filter, ignoreElements, map, merge, observeOn, of, switchMap, take, tap } from 'rxjs';
import { encodeH265, encodeJpeg, publish, resize, retry, skipRate, toMessage } from '../../../operators/index.js';
import type { Broker } from '../../broker/index.js';
import type { Camera } from '../../camera/index.js';
import { InvalidOption } from '../../core/errors/errors.js';
import type { CameraEvent } from '../../core/events.js';
import type { EncodedFrame, Frame, Published } from '../../core/frame/frame.js';
import type { StartOptions, StreamerOptions } from './options.js';

/** A stream to run. */
export interface Job {
  readonly gate: Camera;
  readonly broker: Broker;
  readonly topic: string;
  readonly streamer: StreamerOptions;
  readonly start: StartOptions;
}

/**
 * Emits the acknowledgements of a stream, and reconnects the camera after a failure of any step.
 * @throws InvalidOption
 */
export function published$({ gate, broker, topic, streamer, start }: Job): Observable<Published> {
  const { serviceId, stripInputContent } = streamer;
  const encoded = encoder(streamer, start);
  const { streamGroupKey, cameraLocation, fps } = start;
  const message = toMessage({
    format: 'matrice', serviceId, stripInputContent,
    ...(streamGroupKey !== undefined && { group: streamGroupKey }), ...(cameraLocation !== undefined && { location: cameraLocation }),
  });
  const sized = sizing(start);
  const sent = publish(broker, { topic });
  const pipeline = (thinned$: Observable<Frame>) => sized(thinned$).pipe(encoded, message, sent);
  const once$ = fps === undefined ? pipeline(gate) : everyNth(gate, fps, pipeline);
  return once$.pipe(retry(streamer.retry ?? {}));
}

/**
 * Keeps every nth picture, n = floor(rate of the source / fps). ffmpeg's command needs n before the source is open, so the source
 * is first opened only to find its rate. After that n is fixed.
 */
function everyNth<T>(gate: Camera, fps: number, pipeline: (thinned$: Observable<Frame>) => Observable<T>): Observable<T> {
  let rule: number | { fps: number } | undefined;
  const asked$ = defer(() => rateOf(gate)).pipe(tap((rate) => {
    // If the source states no rate, pictures are thinned by time.
    rule = rate === undefined ? { fps } : Math.max(1, Math.floor(rate / fps));
    gate.resetStats();
  }));
  return defer(() => (rule === undefined ? asked$ : of(undefined))).pipe(switchMap(() => pipeline(gate.pipe(skipRate(rule ?? 1)))));
}

/** The frame rate that the source states when it is opened; drops pictures decoded until then. */
function rateOf(gate: Camera): Observable<number | undefined> {
  const opened$ = gate.events$.pipe(filter((event): event is Extract<CameraEvent, { type: 'opened' }> => event.type === 'opened'));
  return merge(opened$.pipe(map(({ source }) => source.fps)), gate.pipe(ignoreElements())).pipe(
    take(1),
    // The capture has stopped, and its run is idle, only after the event: some cameras allow only one session.
    observeOn(asapScheduler),
  );
}

function sizing({ width, height }: StartOptions): (pictures$: Observable<Frame>) => Observable<Frame> {
  if (width === undefined && height === undefined) return (pictures$) => pictures$;
  return resize({ width, height, fit: 'fill', enlarge: true });
}

/** @throws InvalidOption */
function encoder({ videoCodec, h265Mode, h265Quality, useHardware }: StreamerOptions, start: StartOptions): OperatorFunction<Frame, EncodedFrame> {
  const { isVideoChunk, chunkFrames, chunkDurationSeconds, quality } = start;
  if (videoCodec === 'jpeg') {
    if (isVideoChunk) throw new InvalidOption("startStream: option 'isVideoChunk': true given with videoCodec 'jpeg', expected 'h265'");
    return encodeJpeg({ quality });
  }
  if (!isVideoChunk) return encodeH265({ mode: h265Mode, crf: h265Quality, hardware: useHardware });
  const chunk = chunkFrames !== undefined ? { frames: chunkFrames } : chunkDurationSeconds !== undefined ? { ms: chunkDurationSeconds * 1_000 } : 'gop';
  return encodeH265({ mode: 'stream', crf: h265Quality, hardware: useHardware, chunk });
}
