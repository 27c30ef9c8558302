/** The servers of a broker handle: each has its own circuit breaker, and its own count of bytes in progress. */
import { mono } from '../../core/clock.js';
import { BROKER } from '../../core/defaults/defaults.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { RetryOptions } from '../broker-options.js';
import type { Driver } from '../driver.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { PartitionQueue } from '../outbox/index.js';

export class Server {
  readonly breaker: CircuitBreaker;
  bytesUnderWay = 0;
  /** Why its last request failed, until one is answered. */
  error: RxcamError | undefined;
  /** Whether it has ever written or refused a message. */
  hasAnswered = false;

  /** @param name - undefined: the one that looks up destinations, or the only one */
  constructor(readonly name: string | undefined, readonly driver: Driver, options: RetryOptions) {
    this.breaker = new CircuitBreaker(options);
  }

  /** Monotonic time from which a request may start. */
  get dueAt(): number {
    return Math.max(this.breaker.dueAt, this.pausedUntil);
  }

  /** Monotonic time until which it asked for a pause. */
  get pausedUntil(): number {
    return this.driver.readyAt?.(this.name) ?? 0;
  }

  get isFull(): boolean {
    return this.bytesUnderWay >= BROKER.maxBytesUnderWay * this.breaker.share;
  }
}

export class Servers {
  readonly #servers = new Map<string | undefined, Server>();

  constructor(readonly driver: Driver, readonly options: RetryOptions) {}

  /** The next server of a queue's messages. */
  of(queue: PartitionQueue): Server {
    return this.named(this.driver.serverOf?.(queue.topic, queue.key));
  }

  named(name: string | undefined): Server {
    let server = this.#servers.get(name);
    if (server === undefined) this.#servers.set(name, server = new Server(name, this.driver, this.options));
    return server;
  }

  /** The queues by the server that their messages go to. */
  group(queues: readonly PartitionQueue[]): Iterable<readonly [Server, readonly PartitionQueue[]]> {
    if (this.driver.serverOf === undefined) return [[this.named(undefined), queues]];
    const groups = new Map<Server, PartitionQueue[]>();
    for (const queue of queues) {
      const server = this.of(queue);
      const group = groups.get(server);
      if (group === undefined) groups.set(server, [queue]);
      else group.push(queue);
    }
    return groups;
  }

  /** Whether any server that has a name answers. */
  get hasHealthy(): boolean {
    for (const { name, hasAnswered, error } of this.#servers.values()) if (name !== undefined && hasAnswered && error === undefined) return true;
    return false;
  }

  /** The longest pause that a server has asked for and that is not over, in ms. */
  get pauseMs(): number {
    let until = 0;
    for (const server of this.#servers.values()) until = Math.max(until, server.pausedUntil);
    return until === 0 ? 0 : Math.max(0, Math.ceil(until - mono()));
  }

  /** Ends long waits at all of them. */
  hurry(): void {
    for (const { breaker } of this.#servers.values()) breaker.hurry();
  }
}
