/** From the settings of one camera to its pipeline: the operators in the order of the file. */
import { type Observable, takeUntil } from 'rxjs';
import type { Logger } from 'pino';
import * as operators from '../../../operators/index.js';
import { type Camera, type CameraConfig, camera } from '../../camera/index.js';
import { InvalidOption } from '../../core/errors/errors.js';
import type { Fence } from '../../core/frame/fence.js';
import type { Published } from '../../core/frame/frame.js';
import type { OpenBrokers } from './brokers.js';

/** One step of a pipeline: an operator and its options; of `publish`, with the name of the broker. */
export interface StepSettings {
  readonly kind: string;
  readonly options: unknown;
}

/**
 * One camera of a configuration, complete: nothing is inherited any more, and references are resolved. Printed or as JSON it shows
 * its name alone: the rest may hold secrets.
 */
export interface CameraSettings {
  /** Its name in the file; its key, if that is not given. */
  readonly name: string;
  readonly enabled: boolean;
  readonly source: string | number;
  readonly options: CameraConfig & { readonly key: string };
  readonly pipeline: readonly StepSettings[];
  /** As the file says it, templates included, references as they were written: plain JSON without secrets, to be sent elsewhere. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** A camera and what it publishes. */
export interface CameraPipeline {
  readonly camera: Camera;
  /** Subscribe to run it. */
  readonly published$: Observable<Published>;
  readonly route: Route;
}

/** Broker, topic and key of a camera: no two may share them. */
export interface Route { readonly broker: string; readonly topic: string; readonly key: string }

/** The arguments for making a pipeline. */
export interface Making {
  /** Gets the camera's log. */
  readonly logger?: Logger | undefined;
  /** The right to publish, where several machines may have the camera. */
  readonly fence?: Fence | undefined;
  /** Emits when no more messages are to be published: what is in the outbox is still sent, and then the pipeline completes. */
  readonly stop$?: Observable<unknown> | undefined;
  /** Called with each step before it is made; with -1 before the camera. */
  readonly step?: ((index: number) => void) | undefined;
}

/** Options of `publish` in a file. */
interface PublishInFile { readonly broker?: string; readonly topic?: string; readonly key?: string }

type Operator = (options: never) => (source: never) => Observable<unknown>;
const OPERATORS = operators as unknown as Readonly<Record<string, Operator>>;

/**
 * The pipeline of one camera. Nothing runs before it is subscribed.
 * @param brokers - those that are open
 * @throws InvalidOption
 */
export function cameraPipeline(settings: CameraSettings, brokers: OpenBrokers, { logger, fence, stop$, step }: Making = {}): CameraPipeline {
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
