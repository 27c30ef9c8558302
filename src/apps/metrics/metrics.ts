/** metrics(): a page for Prometheus about cameras, brokers and received streams. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObservable } from 'rxjs';
import { type Broker, brokerName } from '../../broker/index.js';
import { type Camera, type CameraHub, hubOf } from '../../camera/index.js';
import { wall } from '../../core/clock.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { callback, options, parseOptions } from '../../core/options.js';
import type { FleetState } from '../../fleet/index.js';
import type { ReceivedFigures } from '../../ledger/index.js';
import { type MeasuredBroker, BROKER_FAMILIES, BrokerErrors } from './brokers.js';
import { CAMERA_FAMILIES } from './cameras.js';
import { type Family, singleFamily } from './family.js';
import { NO_LABELS, labels } from './labels.js';
import { RECEIVED_FAMILIES } from './received.js';
import { type MetricsRegistry, registerFamilies } from './registry.js';
import { WORKER_FAMILIES, workerTargets } from './worker.js';
import { CONTENT_TYPE, type Labelled, Page, type Section, type TextFormat, formatFor } from './exposition.js';

/** Several values of one kind: a list, or a function that returns the current ones and is called at every scrape. */
export type Several<T> = Iterable<T> | (() => Iterable<T>);

/** A stream read from a broker: the result of `subscribe`, or a function that returns its statistics, as for `report`. */
export type ReceivedStream = { readonly stats: ReceivedFigures } | (() => ReceivedFigures);

/** Options of {@link metrics}. */
export interface MetricsConfig {
  /** Streams that are read from brokers, by name: a list, or a function that returns the current ones. Default none. */
  readonly received?: Readonly<Record<string, ReceivedStream>> | (() => Readonly<Record<string, ReceivedStream>>) | undefined;
  /** A worker of a fleet: a function that returns the last value of `fleet`. Default none. */
  readonly worker?: (() => FleetState | undefined) | undefined;
}

const schema = options({
  received: callback<() => Readonly<Record<string, ReceivedStream>>>().optional(), worker: callback<() => FleetState | undefined>().optional(),
});

const PROCESS: readonly Family<undefined>[] = [
  singleFamily('rxcam_time_seconds', 'gauge', "Unix time of this machine's clock.", () => wall() / 1_000),
];

/** The page of {@link metrics}. */
export class Metrics {
  readonly #errors = new BrokerErrors();
  readonly #sections: readonly (() => Section<never>)[];

  constructor(
    cameras: () => Iterable<Camera>, brokers: () => Iterable<Broker>, received: () => Readonly<Record<string, ReceivedStream>>,
    worker: () => FleetState | undefined = () => undefined,
  ) {
    const of = <T>(families: readonly Family<T>[], targets: () => Labelled<T>[]) =>
      () => ({ families, targets: targets() }) as unknown as Section<never>
    ;
    this.#sections = [
      of(PROCESS, () => [{ target: undefined, own: NO_LABELS }]),
      of(CAMERA_FAMILIES, () => named('camera', [...cameras()].map((one) => [keyed(one).facts.key, keyed(one)]))),
      of(BROKER_FAMILIES, () => named('broker', [...brokers()].map((one) => [brokerName(one), this.#measured(one)]))),
      of(RECEIVED_FAMILIES, () => named('stream', Object.entries(received()).map(([name, stream]) => [name, figures(stream)]))),
      of(WORKER_FAMILIES, () => workerTargets(worker())),
    ];
    // Errors are counted from now on, not from the first scrape.
    for (const broker of brokers()) this.#errors.of(broker);
  }

  /** The page as text. */
  text(format: TextFormat = 'prometheus'): string {
    return this.#sections.reduce((page, section) => page.add(section()), new Page(format)).text;
  }

  /** The response to a request with this `Accept` header: OpenMetrics if the header prefers it. */
  answer(accept?: string): { readonly contentType: string; readonly body: string } {
    const format = formatFor(accept);
    return { contentType: CONTENT_TYPE[format], body: this.text(format) };
  }

  /** A request listener for Node's `http.createServer`: `createServer(metrics([gate]).handler)`. */
  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    const { contentType, body } = this.answer(request.headers.accept);
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(request.method === 'HEAD' ? undefined : body);
  };

  /** Adds the metrics to a prom-client registry, next to your own. Returns a function that removes them. */
  register(registry: MetricsRegistry): () => void {
    return registerFamilies(registry, this.#sections);
  }

  #measured(broker: Broker): MeasuredBroker {
    return { broker, errors: this.#errors.of(broker) };
  }
}

/**
 * Creates a page for Prometheus with the counts, durations and states of cameras, brokers and received streams. The page
 * reads the counts of the ledgers at each scrape, so nothing is counted twice, and there is no work between two scrapes.
 *
 * Pass functions if cameras are added and removed: they are called at every scrape. A second camera, broker or stream of the same name
 * is labelled `name #2`. A camera has at most 60 series.
 *
 * @example
 * ```ts
 * createServer(metrics([gate, yard], [broker]).handler).listen(9464, '127.0.0.1');
 * ```
 * @param cameras - results of `camera`; a list, or a function that returns the current ones
 * @param brokers - results of `kafka`, `redis`, `memory` or `createBroker`; a list, or a function that returns the current ones
 * @throws InvalidOption for anything else
 */
export function metrics(cameras: Several<Camera>, brokers: Several<Broker> = [], config: MetricsConfig = {}): Metrics {
  const { received = {} } = config;
  parseOptions('metrics', schema, { ...config, received: typeof received === 'object' ? () => received : received });
  const all = { cameras: now('cameras', cameras), brokers: now('brokers', brokers) };
  for (const one of all.cameras()) keyed(one);
  for (const one of all.brokers()) {
    if (isObservable((one as Partial<Broker> | null)?.errors$)) continue;
    throw new InvalidOption("metrics: option 'brokers': something else given, expected results of kafka(), redis(), memory() or createBroker()");
  }
  return new Metrics(all.cameras, all.brokers, typeof received === 'function' ? received : () => received, config.worker);
}

function now<T>(option: string, several: Several<T>): () => Iterable<T> {
  if (typeof several === 'function') return several;
  if (typeof (several as Iterable<T> | undefined)?.[Symbol.iterator] !== 'function' || typeof several === 'string') {
    throw new InvalidOption(`metrics: option '${option}': ${typeof several} given, expected a list, or a function that returns one`);
  }
  return () => several;
}

/** @throws InvalidOption */
function keyed(camera: Camera): CameraHub {
  const hub = hubOf(camera);
  if (hub === undefined) throw new InvalidOption("metrics: option 'cameras': something else given, expected results of camera(), before any operator");
  return hub;
}

function figures(stream: ReceivedStream): ReceivedFigures {
  return typeof stream === 'function' ? stream() : stream.stats;
}

/** Two targets of one name would be one series with two values, which Prometheus refuses. */
function named<T>(label: string, targets: readonly (readonly [name: string, target: T])[]): Labelled<T>[] {
  const taken = new Set<string>();
  return targets.map(([name, target]) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} #${n}`;
    taken.add(free);
    return { target, own: labels({ [label]: free }) };
  });
}
