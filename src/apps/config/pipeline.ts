/** Builds the pipeline of one camera from its settings: the operators in the order of the file. */
import { type Observable, takeUntil } from 'rxjs';
import type { Logger } from 'pino';
import * as operators from '../../../operators/index.js';
import { type Camera, type CameraConfig, camera } from '../../camera/index.js';
import { InvalidOption } from '../../core/errors/errors.js';
import type { Fence } from '../../core/frame/fence.js';
import type { Published } from '../../core/frame/frame.js';
import type { OpenBrokers } from './brokers.js';

/** One step of a pipeline: an operator and its options; the options of `publish` include the name of the broker. */
export interface StepSettings {
  /** Name of the operator. */
  readonly kind: string;
  /** Its options, checked. */
  readonly options: unknown;
}

/**
 * One camera of a configuration, with inherited settings merged and references resolved. When printed or as JSON, it shows only
 * its name and whether it is enabled, because the rest may hold secrets.
 */
export interface CameraSettings {
  /** Its name in the file; also its key, unless `key` is given. */
  readonly name: string;
  /** False if the file disables it. */
  readonly enabled: boolean;
  /** Address of its source. */
  readonly source: string | number;
  /** Options of `camera`, with its key. */
  readonly options: CameraConfig & { readonly key: string };
  /** The steps, in order. */
  readonly pipeline: readonly StepSettings[];
  /** As written in the file, with templates merged and references unresolved: plain JSON without secrets, which can be sent to other programs. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** A camera and its pipeline. */
export interface CameraPipeline {
  /** The camera, for its events and statistics. */
  readonly camera: Camera;
  /** Emits acknowledgements; subscribe to run the camera. */
  readonly published$: Observable<Published>;
  readonly route: Route;
}

/** Broker, topic and key of a camera; unique to it. */
export interface Route { readonly broker: string; readonly topic: string; readonly key: string }

/** Options of {@link cameraPipeline}. */
export interface CameraPipelineOptions {
  /** Receives the camera's log. Default: none. */
  readonly logger?: Logger | undefined;
  /** The right to publish, if several machines may run the camera. Default: none. */
  readonly fence?: Fence | undefined;
  /** When it emits, publishing ends: messages in the outbox are still sent, and then the pipeline completes. Default: never. */
  readonly stop$?: Observable<unknown> | undefined;
  /** Called with the index of each step before the step is created, and with -1 before the camera is created. Default: none. */
  readonly step?: ((index: number) => void) | undefined;
}

/** Options of `publish` in a file. */
interface PublishInFile { readonly broker?: string; readonly topic?: string; readonly key?: string }

type Operator = (options: never) => (source: never) => Observable<unknown>;
const OPERATORS = operators as unknown as Readonly<Record<string, Operator>>;

/**
 * The pipeline of one camera. It runs from its subscription on.
 * @param brokers - the open brokers
 * @throws InvalidOption
 */
export function cameraPipeline(
  settings: CameraSettings, brokers: OpenBrokers, { logger, fence, stop$, step }: CameraPipelineOptions = {},
): CameraPipeline {
  step?.(-1);
  const source = camera(settings.source, { ...settings.options, ...(logger !== undefined && { logger }) });
  let route: Route | undefined;
  const published$ = settings.pipeline.reduce<Observable<unknown>>((made$, { kind, options }, index) => {
    step?.(index);
    if (kind !== 'publish') return (OPERATORS[kind] as Operator)(options as never)(made$ as never);
    const { broker: name, ...publishing } = options as PublishInFile;
    const { broker, topic: usual, as } = targetOf(name, brokers);
    const topic = publishing.topic ?? usual;
    if (topic === undefined) throw new InvalidOption("option 'topic': none given, and the broker's address names none; expected one of them");
    route = { broker: as, topic, key: publishing.key ?? messageKeyOf(settings) };
    const until$ = stop$ === undefined ? made$ : made$.pipe(takeUntil(stop$));
    return operators.publish(broker, { ...publishing, topic, ...(fence !== undefined && { fence }) })(until$ as never);
  }, source) as Observable<Published>;
  if (route === undefined) throw new InvalidOption('no publish given, expected one at the end');
  return { camera: source, published$, route };
}

function targetOf(name: string | undefined, brokers: OpenBrokers) {
  const names = [...brokers.keys()];
  const as = name ?? (names.length === 1 ? names[0] : undefined);
  const target = as === undefined ? undefined : brokers.get(as);
  if (as !== undefined && target !== undefined) return { ...target, as };
  const given = name === undefined ? 'none given' : `${JSON.stringify(name)} given`;
  throw new InvalidOption(`option 'broker': ${given}, ${names.length === 0 ? 'and there is none: name one under brokers' : `expected one of ${names.join(', ')}`}`);
}

function messageKeyOf({ pipeline, options }: CameraSettings): string {
  const about = pipeline.find(({ kind }) => kind === 'toMessage')?.options as { readonly key?: string } | undefined;
  return about?.key ?? options.key;
}
