/** Runs the cameras of a configuration, and of the next one: cameras that have not changed lose no picture. */
import { type Observable, BehaviorSubject, Subscription, concat, ignoreElements, timer } from 'rxjs';
import type { Logger } from 'pino';
import type { Broker, BrokerTarget, CloseReport } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import { BROKER } from '../../../core/defaults/defaults.js';
import { PROCESS, RUN } from '../../../core/defaults/limits.js';
import type { CameraStats } from '../../../ledger/index.js';
import { type BrokerSettings, type OpenBrokers, openBroker } from '../brokers.js';
import type { Config } from '../config.js';
import { type CameraPipeline, type CameraSettings, cameraPipeline } from '../pipeline.js';
import { brokerDigest, cameraDigest } from './settings-digest.js';

/** One running camera. */
export interface RunningCamera {
  /** Its name in the configuration. */
  readonly name: string;
  /** The camera, for its events and statistics. */
  readonly camera: Camera;
  /** Its settings. */
  readonly settings: CameraSettings;
  /** Name of the broker that it publishes to. */
  readonly broker: string;
  /** Set when it has ended: its source ended, or a failure was not retried. */
  readonly ended?: { readonly error?: unknown };
}

/** The running cameras and brokers, and the changes by the last configuration. */
export interface RunningConfig {
  /** The cameras, in the order of the file. */
  readonly cameras: readonly RunningCamera[];
  /** The open brokers. */
  readonly brokers: readonly { readonly name: string; readonly broker: Broker }[];
  /** Names of cameras that are not run: `enabled: false`. */
  readonly disabled: readonly string[];
  /** Names of the cameras that the last configuration has added; this list and the next two are empty when a camera has ended. */
  readonly added: readonly string[];
  /** Names of the cameras that it has changed. */
  readonly changed: readonly string[];
  /** Names of the cameras that it has removed. */
  readonly removed: readonly string[];
}

/** Options of {@link runConfig} and {@link ConfigRunner}. */
export interface RunOptions {
  /** Receives the log of cameras and brokers. Default: none. */
  readonly logger?: Logger | undefined;
  /** Environment variables, for brokers' passwords. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Time limit for brokers to send the remaining messages, in ms. Default 5,000. */
  readonly closeDeadlineMs?: number | undefined;
}

/** The last statistics of a camera that no longer runs. */
export interface PastCamera { readonly name: string; readonly key: string; readonly stats: CameraStats }

interface Held { readonly target: BrokerTarget; readonly digest: string }

interface Run { readonly digest: string; readonly shown: Writable; readonly subscription: Subscription }
type Writable = { -readonly [K in keyof RunningCamera]: RunningCamera[K] };

const NOTHING: RunningConfig = { cameras: [], brokers: [], disabled: [], added: [], changed: [], removed: [] };

/** Runs configurations, one after the other, like {@link runConfig}, with the end of each step under your control. */
export class ConfigRunner implements AsyncDisposable {
  #brokers: ReadonlyMap<string, Held> = new Map();
  readonly #runs = new Map<string, Run>();
  readonly #closing = new Set<Promise<CloseReport>>();
  #disabled: readonly string[] = [];
  readonly #running = new BehaviorSubject<RunningConfig>(NOTHING);
  /** Emits with each configuration, and when a camera ends. */
  readonly running$: Observable<RunningConfig> = this.#running.asObservable();
  /** Cameras that were removed or replaced. */
  readonly past: PastCamera[] = [];

  constructor(readonly options: RunOptions = {}) {}

  /** The current cameras and brokers. */
  get running(): RunningConfig { return this.#running.value; }

  /**
   * Switches to a configuration. Everything that can fail happens before any camera is stopped.
   * @throws InvalidOption
   */
  apply({ brokers: wanted, cameras }: Pick<Config, 'brokers' | 'cameras'>): RunningConfig {
    const brokers = this.#opened(wanted);
    const open: OpenBrokers = new Map([...brokers].map(([name, { target }]) => [name, target]));
    const enabled = cameras.filter(({ enabled: isOn }) => isOn);
    const fresh = enabled.flatMap((settings) => {
      const pipeline = cameraPipeline(settings, open, { logger: this.options.logger });
      const digest = `${cameraDigest(settings)} ${brokers.get(pipeline.route.broker)?.digest ?? ''}`;
      return this.#runs.get(settings.name)?.digest === digest ? [] : [{ settings, pipeline, digest }];
    });
    const names = new Set(enabled.map(({ name }) => name));
    const removed = [...this.#runs.keys()].filter((name) => !names.has(name));
    const changed = fresh.map(({ settings: { name } }) => name).filter((name) => this.#runs.has(name));
    const added = fresh.map(({ settings: { name } }) => name).filter((name) => !this.#runs.has(name));
    for (const name of [...removed, ...changed]) this.#stop(name);
    const left = [...this.#brokers].filter(([name, { digest }]) => brokers.get(name)?.digest !== digest).map(([, { target }]) => target.broker);
    this.#brokers = brokers;
    fresh.forEach(({ settings, pipeline, digest }, index) => {
      this.#start(settings, pipeline, digest, index * RUN.startEveryMs + (changed.includes(settings.name) ? PROCESS.minStartIntervalMs : 0));
    });
    this.#disabled = cameras.filter(({ enabled: isOn }) => !isOn).map(({ name }) => name);
    this.#sort(enabled);
    for (const broker of left) this.#close(broker);
    this.#emit({ added, changed, removed });
    return this.running;
  }

  /** Stops all cameras, lets the brokers send the messages that are left, and closes them. */
  async stop(): Promise<readonly CloseReport[]> {
    for (const { subscription } of this.#runs.values()) subscription.unsubscribe();
    for (const { target } of this.#brokers.values()) this.#close(target.broker);
    return Promise.all(this.#closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #opened(wanted: readonly BrokerSettings[]): ReadonlyMap<string, Held> {
    const { env = process.env, logger } = this.options;
    return new Map(wanted.map((settings): [string, Held] => {
      const digest = brokerDigest(settings);
      const held = this.#brokers.get(settings.name);
      return [settings.name, held?.digest === digest ? held : { digest, target: openBroker(settings, { env, logger }) }];
    }));
  }

  #start(settings: CameraSettings, { camera, published$, route }: CameraPipeline, digest: string, inMs: number): void {
    const shown: Writable = { name: settings.name, camera, settings, broker: route.broker };
    const subscription = new Subscription();
    this.#runs.set(settings.name, { digest, shown, subscription });
    const ended = (error?: unknown) => {
      shown.ended = error === undefined ? {} : { error };
      this.#emit({});
    };
    // Hundreds of processes that start together slow each other down, and a camera may allow only one session, which must end first.
    const later$ = inMs === 0 ? published$ : concat(timer(inMs).pipe(ignoreElements()), published$);
    subscription.add(later$.pipe(ignoreElements()).subscribe({ error: ended, complete: ended }));
  }

  #stop(name: string): void {
    const run = this.#runs.get(name);
    if (run === undefined) return;
    run.subscription.unsubscribe();
    this.#runs.delete(name);
    const { camera } = run.shown;
    this.past.push({ name, key: camera.key, stats: camera.stats });
  }

  /** Restores the order of the file. */
  #sort(cameras: readonly CameraSettings[]): void {
    const runs = new Map(this.#runs);
    this.#runs.clear();
    for (const { name } of cameras) {
      const run = runs.get(name);
      if (run !== undefined) this.#runs.set(name, run);
    }
  }

  #close(broker: Broker): void {
    const closed = broker.close({ deadlineMs: this.options.closeDeadlineMs ?? BROKER.closeDeadlineMs });
    this.#closing.add(closed);
    closed.then(({ unsent, unsentBytes }) => {
      if (unsent > 0) this.options.logger?.error({ unsent, unsentBytes, broker: broker.address }, `${unsent} messages could not be sent`);
    }, () => { /* `close` never rejects. */ });
  }

  #emit({ added = [], changed = [], removed = [] }: Partial<RunningConfig>): void {
    this.#running.next({
      cameras: [...this.#runs.values()].map(({ shown }) => shown),
      brokers: [...this.#brokers].map(([name, { target: { broker } }]) => ({ name, broker })),
      disabled: this.#disabled, added, changed, removed,
    });
  }
}
