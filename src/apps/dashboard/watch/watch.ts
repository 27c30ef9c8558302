/** Watches all cameras, brokers and streams: every second while a page is open, else every ten seconds; never their pictures. */
import { type Observable, type Subscription, isObservable, share, tap } from 'rxjs';
import { type Broker, brokerName } from '../../../broker/index.js';
import { type Camera, type CameraHub, hubOf } from '../../../camera/index.js';
import { ticks, wall } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import type { ReceivedFigures } from '../../../ledger/index.js';
import type { CameraWire, CardWire, StateWire, StreamWire } from '../page-data.js';
import { BrokerWatch } from './brokers.js';
import { CameraWatch } from './camera-watch.js';
import { plainText } from './plain-text.js';

/** The watched cameras, brokers and streams: functions that return the current ones. */
export interface Watched {
  cameras(): Iterable<Camera>;
  brokers(): Iterable<Broker>;
  /** Names of cameras that are configured, and not run. */
  disabled(): Iterable<string>;
  notices(): Iterable<string>;
  received(): Readonly<Record<string, { readonly stats: ReceivedFigures } | (() => ReceivedFigures)>>;
}

export class Watch {
  readonly #cameras = new Map<CameraHub, CameraWatch>();
  readonly #byId = new Map<string, CameraWatch>();
  readonly #brokers = new Map<Broker, BrokerWatch>();
  readonly #stepping: Subscription;

  constructor(readonly watched: Watched) {
    this.refresh();
    this.#stepping = ticks(DASHBOARD.stepMs).subscribe(() => {
      this.refresh();
      for (const camera of this.#cameras.values()) camera.step();
    });
  }

  /** Reads the counts every second while it is subscribed, and emits after each reading. */
  readonly looks$: Observable<unknown> = ticks(DASHBOARD.everyMs).pipe(
    tap(() => {
      this.refresh();
      for (const camera of this.#cameras.values()) camera.look();
    }),
    share(),
  );

  stop(): void {
    this.#stepping.unsubscribe();
    for (const one of [...this.#cameras.values(), ...this.#brokers.values()]) one.stop();
  }

  /** @param id - the camera whose page is open */
  state(id?: string): StateWire {
    const camera = id === undefined ? undefined : this.#byId.get(id);
    const cards = [...this.#cameras.values()].map((one) => one.card());
    return {
      at: wall(), cameras: [...cards, ...this.#disabled()], notices: [...this.watched.notices()].map(plainText),
      brokers: [...this.#brokers.values()].map((one) => one.wire()),
      streams: Object.entries(this.watched.received()).map(([name, stream]) => streamOf(name, typeof stream === 'function' ? stream() : stream.stats)),
      ...(camera !== undefined && { camera: { id: camera.id, ledger: camera.ledger(), version: camera.version } }),
    };
  }

  page(id: string): CameraWire | undefined {
    return this.#byId.get(id)?.page();
  }

  hub(id: string): CameraHub | undefined {
    return this.#byId.get(id)?.hub;
  }

  /** Cards of cameras that are not enabled, which state the reason why they send nothing. */
  #disabled(): CardWire[] {
    const names = [...this.watched.disabled()].map(plainText).filter((name) => !this.#byId.has(name));
    return names.map((id) => ({ id, state: 'disabled', trouble: 3, since: 0, fpsIn: 0, fpsOut: 0, bytesPerSecond: 0, dropping: {}, droppedTotal: 0, width: 0, height: 0 }));
  }

  /** Adds and removes cameras and brokers. */
  refresh(): void {
    const hubs = new Set([...this.watched.cameras()].map(checkedHub));
    for (const [hub, watch] of this.#cameras) {
      if (hubs.has(hub)) continue;
      watch.stop();
      this.#cameras.delete(hub);
      this.#byId.delete(watch.id);
    }
    for (const hub of hubs) {
      if (this.#cameras.has(hub)) continue;
      const watch = new CameraWatch(free(hub.facts.key, this.#byId), hub);
      this.#cameras.set(hub, watch);
      this.#byId.set(watch.id, watch);
    }
    this.#updateBrokers(new Set(this.watched.brokers()));
  }

  #updateBrokers(brokers: ReadonlySet<Broker>): void {
    for (const [broker, watch] of this.#brokers) {
      if (brokers.has(broker)) continue;
      watch.stop();
      this.#brokers.delete(broker);
    }
    const taken = new Map([...this.#brokers.values()].map((watch) => [watch.id, watch]));
    for (const broker of brokers) {
      if (this.#brokers.has(broker)) continue;
      if (!isObservable((broker as Partial<Broker> | null)?.errors$)) throw new InvalidOption("dashboard: option 'brokers': something else given, expected results of kafka(), redis(), memory() or createBroker()");
      const watch = new BrokerWatch(free(plainText(brokerName(broker)), taken), broker);
      taken.set(watch.id, watch);
      this.#brokers.set(broker, watch);
    }
  }
}

/** @throws InvalidOption */
function checkedHub(camera: Camera): CameraHub {
  const hub = hubOf(camera);
  if (hub === undefined) throw new InvalidOption("dashboard: option 'cameras': something else given, expected results of camera(), before any operator");
  return hub;
}

function free(name: string, taken: ReadonlyMap<string, unknown>): string {
  let id = name;
  for (let n = 2; taken.has(id); n++) id = `${name} #${n}`;
  return id;
}

function streamOf(name: string, { status, rate, latency, inbox, verdicts }: ReceivedFigures): StreamWire {
  const missing = verdicts === undefined ? 0 : verdicts.dropped + verdicts.lost + verdicts.expired;
  return {
    id: name, status: status ?? (rate.messages > 0 ? 'connected' : 'idle'), messagesPerSecond: rate.messages, bytesPerSecond: rate.bytes,
    latencyMs: latency.p50, inboxMessages: inbox?.messages ?? 0, missing, torn: verdicts?.torn ?? 0,
  };
}
