/** The pipeline of one camera of CameraStreamer. */
import { type Observable, type OperatorFunction, asapScheduler, defer, filter, ignoreElements, map, merge, observeOn, of, switchMap, take, tap } from 'rxjs';
import { encodeH265, encodeJpeg, publish, resize, retry, skipRate, toMessage } from '../../../operators/index.js';
import type { Broker } from '../../broker/index.js';
import type { Camera } from '../../camera/index.js';
import { InvalidOption } from '../../core/errors/errors.js';
import type { CameraEvent } from '../../core/events.js';
import type { EncodedFrame, Frame, Published } from '../../core/frame/frame.js';
import type { StartOptions, StreamerOptions } from './options.js';

/** The parts of a stream. */
export interface StreamParts {
  readonly camera: Camera;
  readonly broker: Broker;
  readonly topic: string;
  readonly streamer: StreamerOptions;
  readonly start: StartOptions;
}

/**
 * The acknowledgements of a stream; reconnects the camera after a failure of any step.
 * @throws InvalidOption
 */
export function streamPipeline({ camera, broker, topic, streamer, start }: StreamParts): Observable<Published> {
  const { serviceId, stripInputContent } = streamer;
  const encodeStep = encodeStepOf(streamer, start);
  const { streamGroupKey, cameraLocation, fps } = start;
  const messageStep = toMessage({
    format: 'matrice', serviceId, stripInputContent,
    ...(streamGroupKey !== undefined && { group: streamGroupKey }), ...(cameraLocation !== undefined && { location: cameraLocation }),
  });
  const resized = resizeStep(start);
  const publishStep = publish(broker, { topic });
  const pipeline = (thinned$: Observable<Frame>) => resized(thinned$).pipe(encodeStep, messageStep, publishStep);
  const once$ = fps === undefined ? pipeline(camera) : everyNth(camera, fps, pipeline);
  return once$.pipe(retry(streamer.retry ?? {}));
}

/**
 * Keeps every nth picture, n = floor(rate of the source / fps). ffmpeg's command needs n before the source is open, so the source
 * is first opened only to find its rate. From then on, n is fixed.
 */
function everyNth<T>(camera: Camera, fps: number, pipeline: (thinned$: Observable<Frame>) => Observable<T>): Observable<T> {
  let skipRule: number | { fps: number } | undefined;
  const rateKnown$ = defer(() => rateOf(camera)).pipe(tap((rate) => {
    // If the source states no rate, pictures are skipped by time.
    skipRule = rate === undefined ? { fps } : Math.max(1, Math.floor(rate / fps));
    camera.resetStats();
  }));
  return defer(() => (skipRule === undefined ? rateKnown$ : of(undefined))).pipe(switchMap(() => pipeline(camera.pipe(skipRate(skipRule ?? 1)))));
}

/** The frame rate that the source states when it is opened; undefined if it states none. */
function rateOf(camera: Camera): Observable<number | undefined> {
  const opened$ = camera.events$.pipe(filter((event): event is Extract<CameraEvent, { type: 'opened' }> => event.type === 'opened'));
  return merge(opened$.pipe(map(({ source }) => source.fps)), camera.pipe(ignoreElements())).pipe(
    take(1),
    // Some cameras allow only one session, and the capture stops only after the event.
    observeOn(asapScheduler),
  );
}

function resizeStep({ width, height }: StartOptions): (pictures$: Observable<Frame>) => Observable<Frame> {
  if (width === undefined && height === undefined) return (pictures$) => pictures$;
  return resize({ width, height, fit: 'fill', enlarge: true });
}

/** @throws InvalidOption */
function encodeStepOf(streamer: StreamerOptions, start: StartOptions): OperatorFunction<Frame, EncodedFrame> {
  const { videoCodec, h265Mode, h265Quality, useHardware } = streamer;
  const { isVideoChunk, chunkFrames, chunkDurationSeconds, quality } = start;
  if (videoCodec === 'jpeg') {
    if (isVideoChunk) throw new InvalidOption("startStream: option 'isVideoChunk': true given with videoCodec 'jpeg', expected 'h265'");
    return encodeJpeg({ quality });
  }
  if (!isVideoChunk) return encodeH265({ mode: h265Mode, crf: h265Quality, hardware: useHardware });
  const chunk = chunkFrames !== undefined ? { frames: chunkFrames } : chunkDurationSeconds !== undefined ? { ms: chunkDurationSeconds * 1_000 } : 'gop';
  return encodeH265({ mode: 'stream', crf: h265Quality, hardware: useHardware, chunk });
}
