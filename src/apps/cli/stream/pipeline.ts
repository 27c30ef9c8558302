/** The pipeline from a source to acknowledgements: the operators in their intended order. */
import type { Observable } from 'rxjs';
import type { Logger } from 'pino';
import * as operators from '../../../../operators/index.js';
import type { Broker } from '../../../broker/index.js';
import { type Camera, camera } from '../../../camera/index.js';
import type { StepKind } from '../../../core/steps/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import type { EncodedFrame, Published } from '../../../core/frame/frame.js';
import { CODECS, PICTURE_STEPS } from '../flags/index.js';
import { limitMessages } from './limit.js';
import type { Settings, SourceSettings } from '../arguments/index.js';

/** Topic and key of a camera, which must be unique. */
interface Route { readonly camera: string; readonly topic: string; readonly key: string }

/** One running camera. */
export interface Line {
  readonly gate: Camera;
  readonly published$: Observable<Published>;
}

export interface PipelineOptions {
  readonly settings: Settings;
  readonly broker: Broker;
  readonly topic: string;
}

/**
 * The cameras of all sources. Keys made from addresses get a number if two are the same.
 * @throws InvalidOption
 */
export function createCameras(sources: readonly string[], settings: Settings, logger: Logger): Camera[] {
  const taken = new Set<string>();
  return sources.map((source, index) => {
    const given = settings.sources[index]?.camera ?? {};
    const wanted = camera(source, given).key;
    let key = wanted;
    for (let n = 2; taken.has(key); n++) key = `${wanted}_${n}`;
    taken.add(key);
    return camera(source, { ...given, key, logger });
  });
}

/** @throws InvalidOption when two cameras publish to one topic with one key: a consumer could not distinguish them */
export function checkRoutes(routes: readonly Route[]): void {
  for (const [index, { camera: name, topic, key }] of routes.entries()) {
    const other = routes.slice(0, index).find((one) => one.topic === topic && one.key === key);
    if (other !== undefined) {
      const both = `cameras '${other.camera}' and '${name}' given topic '${topic}' and key '${key}'`;
      throw new InvalidOption(`${both}, expected another --message-key or --topic for each`);
    }
  }
}

/**
 * `retry` comes last: it restarts a camera after any failure, and the steps before it are still one ffmpeg process.
 * @throws InvalidOption
 */
export function createPipeline(gate: Camera, source: SourceSettings, { settings, broker, topic }: PipelineOptions): Line {
  const { program } = settings;
  const messages$ = units(gate, settings).pipe(operators.toMessage(source.toMessage));
  const limited$ = program.frames === undefined ? messages$ : messages$.pipe(limitMessages(program.frames, gate.events$));
  const published$ = limited$.pipe(operators.publish(broker, { ...settings.publish, topic }));
  return { gate, published$: program.retry ? published$.pipe(operators.retry(settings.retry)) : published$ };
}

/** The operator of each step. */
const STEP_OPERATORS: Readonly<Record<StepKind, (options: never) => (source: never) => Observable<unknown>>> = operators;

/** @throws InvalidOption */
function units(gate: Camera, settings: Settings): Observable<EncodedFrame> {
  const kinds = [...PICTURE_STEPS.filter((kind) => settings[kind] !== undefined), CODECS.get(settings.program.codec) ?? 'encodeH265'];
  return kinds.reduce<Observable<unknown>>((source$, kind) => (
    STEP_OPERATORS[kind](settings[kind] as never)(source$ as never)
  ), gate) as Observable<EncodedFrame>;
}
