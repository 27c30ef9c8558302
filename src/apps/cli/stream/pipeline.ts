/** The pipeline of each camera, from its source to acknowledgements: the operators in their intended order. */
import type { Observable } from 'rxjs';
import type { Logger } from 'pino';
import * as operators from '../../../../operators/index.js';
import type { Broker } from '../../../broker/index.js';
import { type Camera, camera as createCamera } from '../../../camera/index.js';
import type { StepKind } from '../../../core/steps/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import type { EncodedFrame, Published } from '../../../core/frame/frame.js';
import { CODECS, PICTURE_STEPS } from '../flags/index.js';
import { limitMessages } from './limit.js';
import type { Settings, SourceSettings } from '../arguments/index.js';

/** The topic and the key of a camera's messages: no other camera may have both. */
interface Route { readonly camera: string; readonly topic: string; readonly key: string }

/** A camera, and the acknowledgements of its messages. */
export interface StreamedCamera {
  readonly camera: Camera;
  readonly published$: Observable<Published>;
}

export interface PipelineOptions {
  readonly settings: Settings;
  readonly broker: Broker;
  readonly topic: string;
}

/**
 * Creates the camera of each source. A key that another camera has already, such as one derived from the same address, gets a number.
 * @throws InvalidOption
 */
export function createCameras(sources: readonly string[], settings: Settings, logger: Logger): Camera[] {
  const taken = new Set<string>();
  return sources.map((source, index) => {
    const options = settings.sources[index]?.camera ?? {};
    const ownKey = createCamera(source, options).key;
    let key = ownKey;
    for (let n = 2; taken.has(key); n++) key = `${ownKey}_${n}`;
    taken.add(key);
    return createCamera(source, { ...options, key, logger });
  });
}

/** @throws InvalidOption if two cameras publish to one topic with one key, because a consumer could not distinguish them */
export function checkRoutes(routes: readonly Route[]): void {
  for (const [index, { camera, topic, key }] of routes.entries()) {
    const other = routes.slice(0, index).find((one) => one.topic === topic && one.key === key);
    if (other !== undefined) {
      const both = `cameras '${other.camera}' and '${camera}' given topic '${topic}' and key '${key}'`;
      throw new InvalidOption(`${both}, expected another --message-key or --topic for each`);
    }
  }
}

/**
 * Creates the pipeline of a camera. `retry` comes last, so that it restarts the camera after any failure; the steps before it are still one
 * ffmpeg process.
 * @throws InvalidOption
 */
export function createPipeline(camera: Camera, source: SourceSettings, { settings, broker, topic }: PipelineOptions): StreamedCamera {
  const { program } = settings;
  const messages$ = encodedFrames(camera, settings).pipe(operators.toMessage(source.toMessage));
  const limited$ = program.frames === undefined ? messages$ : messages$.pipe(limitMessages(program.frames, camera.events$));
  const published$ = limited$.pipe(operators.publish(broker, { ...settings.publish, topic }));
  return { camera, published$: program.retry ? published$.pipe(operators.retry(settings.retry)) : published$ };
}

/** The operator of each step. */
const STEP_OPERATORS: Readonly<Record<StepKind, (options: never) => (source: never) => Observable<unknown>>> = operators;

/** The camera with the steps on its pictures and its encoder. @throws InvalidOption */
function encodedFrames(camera: Camera, settings: Settings): Observable<EncodedFrame> {
  const kinds = [...PICTURE_STEPS.filter((kind) => settings[kind] !== undefined), CODECS.get(settings.program.codec) ?? 'encodeH265'];
  return kinds.reduce<Observable<unknown>>((source$, kind) => (
    STEP_OPERATORS[kind](settings[kind] as never)(source$ as never)
  ), camera) as Observable<EncodedFrame>;
}
