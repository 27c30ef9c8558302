/** The servers behind a broker handle, as the sender sees them: each has a health of its own and its own bytes under way. */
import { mono } from '../../core/clock.js';
import { BROKER } from '../../core/defaults/defaults.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { AgainOptions } from '../again.js';
import type { Driver } from '../driver.js';
import { Health } from './health.js';
import type { Lane } from '../outbox/index.js';

export class Server {
  readonly health: Health;
  bytesUnderWay = 0;
  /** Why its last request failed, until one is answered. */
  error: RxcamError | undefined;
  /** Whether a message was ever taken or refused here. */
  hasAnswered = false;

  /** @param name - undefined: the one that is asked where messages go, or the only one */
  constructor(readonly name: string | undefined, readonly driver: Driver, options: AgainOptions) {
    this.health = new Health(options);
  }

  /** Monotonic time from which on a request may start. */
  get dueAt(): number {
    return Math.max(this.health.dueAt, this.pausedUntil);
  }

  /** Monotonic time until which it has asked for a pause. */
  get pausedUntil(): number {
    return this.driver.readyAt?.(this.name) ?? 0;
  }

  get isFull(): boolean {
    return this.bytesUnderWay >= BROKER.maxBytesUnderWay * this.health.share;
  }
}

export class Servers {
  readonly #servers = new Map<string | undefined, Server>();

  constructor(readonly driver: Driver, readonly options: AgainOptions) {}

  /** Where the messages of a lane go next. */
  of(lane: Lane): Server {
    return this.named(this.driver.serverOf?.(lane.topic, lane.key));
  }

  named(name: string | undefined): Server {
    let server = this.#servers.get(name);
    if (server === undefined) this.#servers.set(name, server = new Server(name, this.driver, this.options));
    return server;
  }

  /** The lanes by the server that their messages go to. */
  group(lanes: Iterable<Lane>): Map<Server, Set<Lane>> {
    const groups = new Map<Server, Set<Lane>>();
    for (const lane of lanes) {
      const server = this.of(lane);
      const group = groups.get(server);
      if (group === undefined) groups.set(server, new Set([lane]));
      else group.add(lane);
    }
    return groups;
  }

  /** Whether some server that has names of its own takes messages. */
  get hasHealthy(): boolean {
    for (const { name, hasAnswered, error } of this.#servers.values()) if (name !== undefined && hasAnswered && error === undefined) return true;
    return false;
  }

  /** The longest pause that a server has asked for and that is not over, in ms. */
  get pauseMs(): number {
    const now = mono();
    return Math.max(0, ...[...this.#servers.values()].map(({ pausedUntil }) => Math.ceil(pausedUntil - now)));
  }

  /** No long wait any more, at any of them. */
  hurry(): void {
    for (const { health } of this.#servers.values()) health.hurry();
  }
}
