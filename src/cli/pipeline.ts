/** From one source to acknowledgements: the operators in the order in which they are meant to stand. */
import type { Observable, OperatorFunction } from 'rxjs';
import type { Logger } from 'pino';
import { encodeH265, encodeJpeg, passthrough, publish, resize, retry, skipRate, skipUnchanged, toMessage } from '../../operators/index.js';
import type { Broker } from '../broker/index.js';
import { type Camera, camera } from '../camera.js';
import { InvalidOption } from '../errors.js';
import type { EncodedFrame, Frame, Published } from '../frame.js';
import { DEFAULT_MODE } from './flags/index.js';
import { limit } from './limit.js';
import type { Settings, SourceSettings } from './settings.js';

/** What a camera publishes under: no two may share it. */
interface Route { readonly camera: string; readonly topic: string; readonly key: string }

/** One camera at work. */
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
 * The cameras of all sources. Keys that are made of addresses get a number where two are the same.
 * @throws InvalidOption
 */
export function cameras(sources: readonly string[], settings: Settings, logger: Logger): Camera[] {
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

/** @throws InvalidOption when two cameras publish to one topic with one key: a consumer could not tell them apart */
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
 * `retry` comes last: it takes up a camera whatever failed, and the steps before it are still one ffmpeg process.
 * @throws InvalidOption
 */
export function pipeline(gate: Camera, source: SourceSettings, { settings, broker, topic }: PipelineOptions): Line {
  const { program } = settings;
  const messages$ = units(gate, settings).pipe(toMessage(source.toMessage));
  const limited$ = program.frames === undefined ? messages$ : messages$.pipe(limit(program.frames, gate.events$));
  const published$ = limited$.pipe(publish(broker, { ...settings.publish, topic }));
  return { gate, published$: program.retry ? published$.pipe(retry(settings.retry)) : published$ };
}

function units(gate: Camera, settings: Settings): Observable<EncodedFrame> {
  if (settings.program.codec === 'copy') return copied(gate, settings);
  const thinned$ = settings.skipRate === undefined ? gate : gate.pipe(skipRate(settings.skipRate));
  const sized$ = settings.resize === undefined ? thinned$ : thinned$.pipe(resize(settings.resize));
  const changed$ = settings.skipUnchanged === undefined ? sized$ : sized$.pipe(skipUnchanged(settings.skipUnchanged));
  return changed$.pipe(encoding(settings));
}

function encoding({ program, encodeH265: h265, encodeJpeg: jpeg }: Settings): OperatorFunction<Frame, EncodedFrame> {
  return program.codec === 'jpeg' ? encodeJpeg(jpeg) : encodeH265({ mode: DEFAULT_MODE, ...h265 });
}

/** @throws InvalidOption for flags that take decoded pictures */
function copied(gate: Camera, settings: Settings): Observable<EncodedFrame> {
  const { skipRate: rate, skipUnchanged: unchanged, resize: size } = settings;
  const flags = [[rate, '--fps or --every'], [unchanged, '--skip-unchanged'], [size, '--size']] as const;
  const given = flags.flatMap(([value, flag]) => (value === undefined ? [] : [flag]));
  if (given.length > 0) throw new InvalidOption(`${given.join(' and ')} given with --codec copy, expected with another codec: no picture is decoded`);
  return gate.pipe(passthrough({ chunk: settings.encodeH265.chunk }));
}
