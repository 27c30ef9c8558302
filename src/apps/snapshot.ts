/** snapshot(): one picture of a camera, running or not. */
import {
  type Observable, asapScheduler, catchError, defaultIfEmpty, defer, filter, firstValueFrom,
  fromEvent, map, merge, mergeMap, observeOn, of, switchMap, take, takeUntil,
  throwError, throwIfEmpty, timeout,
} from 'rxjs';
import { decode, encodeJpeg, verify } from '../../operators/index.js';
import { Reception } from '../broker/index.js';
import { type Camera, type CameraHub, hubOf, planOf } from '../camera/index.js';
import { FRAME_RECORDS } from '../core/frame/accounted.js';
import { JPEG, SNAPSHOT } from '../core/defaults/defaults.js';
import { DecodeFailed, InvalidOption, NoVideo, SourceTimeout, failureOf } from '../core/errors/errors.js';
import { makeStill } from '../ffmpeg/index.js';
import type { EncodedFrame, Frame } from '../core/frame/frame.js';
import { abortSignal, jpegQuality, milliseconds, options, parseOptions } from '../core/options.js';

/** Options of {@link snapshot}. */
export interface SnapshotConfig {
  /** 1 (worst) to 100, a whole number, on the scale of libjpeg. Default 80. A running camera's own JPEG is returned unchanged. */
  readonly quality?: number | undefined;
  /** Overall time limit, in ms. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the snapshot: the promise rejects with the signal's reason, and a run or process started for it ends. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

const schema = options({
  quality: jpegQuality().default(JPEG.quality),
  timeoutMs: milliseconds().min(1).default(SNAPSHOT.timeoutMs),
  signal: abortSignal().optional(),
});

/**
 * Returns one picture of a camera as a JPEG. For a running camera, this is its next picture, without a second session on the camera. A
 * camera without a subscription runs until its first picture; that run counts like any other.
 *
 * The picture of a running camera is from its pipeline (thinned, resized), at the next keyframe or chunk. It is not
 * counted twice.
 *
 * For a result of `subscribe`, it reads the topic on its own connection and returns the first picture that can be decoded.
 *
 * Rejects with InvalidOption; with SourceTimeout if no picture arrives within `timeoutMs`, also if the camera waits to
 * reconnect; with the camera's own failure if it is not running; with DecodeFailed for a damaged picture; with the
 * signal's reason if it is aborted.
 *
 * @example
 * ```ts
 * const jpeg = await snapshot(camera('test:'), { quality: 90 });
 * ```
 */
export async function snapshot(camera: Camera | Reception, config: SnapshotConfig = {}): Promise<Buffer> {
  const { quality, timeoutMs, signal } = parseOptions('snapshot', schema, config);
  const hub = camera instanceof Reception ? undefined : checkedHub(camera);
  signal?.throwIfAborted();
  const late = new SourceTimeout(`no picture within ${timeoutMs} ms`, hub && { camera: hub.facts.key });
  const found$ = hub === undefined ? receivedPicture(camera as Reception, quality) : pictureOf(camera as Camera, hub, quality);
  const picture$ = found$.pipe(timeout({ first: timeoutMs, with: () => throwError(() => late) }));
  return firstValueFrom(signal === undefined ? picture$ : merge(abortOf(signal), picture$).pipe(take(1)));
}

/** Fails with the signal's reason. */
function abortOf(signal: AbortSignal): Observable<never> {
  return fromEvent(signal, 'abort').pipe(mergeMap(() => throwError(() => signal.reason as unknown)));
}

/** The first received picture that decodes alone. */
function receivedPicture(messages: Reception, quality: number): Observable<Buffer> {
  return messages.pipe(
    verify(), decode({ pixelFormat: 'jpeg', quality }), take(1), map(({ data }) => data),
    throwIfEmpty(() => new NoVideo('the reading ended without a picture that can be decoded')),
  );
}

/** @throws InvalidOption */
function checkedHub(given: unknown): CameraHub {
  const source = typeof given === 'object' && given !== null ? (given as Camera) : undefined;
  const hub = source && hubOf(source);
  if (hub !== undefined) return hub;
  const plan = source && planOf(source);
  const kind = given === null ? 'null' : typeof given;
  throw new InvalidOption(`snapshot: ${plan === undefined ? kind : 'a camera with steps'} given, expected the result of camera()`);
}

/** After a run that ended without a picture, the camera is idle. */
function pictureOf(camera: Camera, hub: CameraHub, quality: number): Observable<Buffer> {
  return defer(() => (hub.isRunning ? nextOf(hub) : of(undefined))).pipe(
    switchMap((value) => {
      if (value !== undefined) return jpegOf(value, quality).pipe(catchError((cause: unknown) => throwError(() => failed(cause, hub))));
      return hub.isRunning ? pictureOf(camera, hub, quality) : firstOf(camera, quality);
    }),
  );
}

/** Adds the camera to a failure of the process that makes the JPEG. */
function failed(cause: unknown, hub: CameraHub): Error {
  return failureOf(cause, 'the picture', { camera: hub.facts.key });
}

/** The next value of a running camera that decodes alone; undefined when the camera has stopped. */
function nextOf(hub: CameraHub): Observable<Frame | EncodedFrame | undefined> {
  const stopped$ = hub.ledger.stateEvents$.pipe(
    filter(({ type }) => type === 'stopped' || type === 'failed'),
    // The run is idle, or claimed by a retry, only after the event.
    observeOn(asapScheduler),
    filter(() => !hub.isRunning),
  );
  return hub.values$.pipe(map(inFull), filter(isWhole), take(1), takeUntil(stopped$), defaultIfEmpty(undefined));
}

/** In frame mode, the last full picture is used for an unchanged one. */
function inFull(value: Frame | EncodedFrame): Frame | EncodedFrame {
  if (!('codec' in value) || value.unchanged === undefined || value.mode !== 'frame') return value;
  return { ...value, keyframe: true, data: value.unchanged.reference.data };
}

function isWhole(value: Frame | EncodedFrame): boolean {
  return !('codec' in value) || value.keyframe;
}

function firstOf(camera: Camera, quality: number): Observable<Buffer> {
  return camera.pipe(
    encodeJpeg({ quality }), take(1), map(({ data }) => data),
    throwIfEmpty(() => new NoVideo('the source ended without a picture', { camera: camera.key })),
  );
}

function jpegOf(value: Frame | EncodedFrame, quality: number): Observable<Buffer> {
  if (!('codec' in value)) {
    // The ledger already counts the frame.
    const { [FRAME_RECORDS]: _, ...picture } = value;
    return of(picture).pipe(encodeJpeg({ quality }), map(({ data }) => data));
  }
  if (value.codec === 'jpeg') return of(value.data);
  return makeStill(value.data, { codec: value.codec, rotation: value.rotation }, quality).pipe(
    throwIfEmpty(() => new DecodeFailed(`the ${value.codec} picture ${value.seq} can't be decoded`)),
  );
}
