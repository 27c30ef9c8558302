/** The servers of a broker handle: each has its own circuit breaker, and its own count of bytes in flight. */
import { mono } from '../../core/clock.js';
import { BROKER } from '../../core/defaults/defaults.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { RetryOptions } from '../broker-options.js';
import type { Driver } from '../driver.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { PartitionQueue } from '../outbox/index.js';

export class Server {
  readonly breaker: CircuitBreaker;
  /** Bytes of requests that have no outcome yet. */
  bytesInFlight = 0;
  /** Why its last request failed; undefined after an answer. */
  error: RxcamError | undefined;
  /** Whether it has ever written or refused a message. */
  hasAnswered = false;

  /** @param name - undefined for the only server, or for requests that look up which server a topic and key belong to */
  constructor(readonly name: string | undefined, readonly driver: Driver, options: RetryOptions) {
    this.breaker = new CircuitBreaker(options);
  }

  /** Monotonic time in ms from which a request may start. */
  get dueAt(): number {
    return Math.max(this.breaker.dueAt, this.pausedUntil);
  }

  /** Monotonic time in ms until which it requires a pause; 0 for none. */
  get pausedUntil(): number {
    return this.driver.readyAt?.(this.name) ?? 0;
  }

  /** Whether the requests in flight have as many bytes as it may have at once. */
  get isFull(): boolean {
    return this.bytesInFlight >= BROKER.maxBytesInFlight * this.breaker.share;
  }
}

export class Servers {
  readonly #servers = new Map<string | undefined, Server>();

  constructor(readonly driver: Driver, readonly options: RetryOptions) {}

  /** The server that the queue's next messages go to. */
  serverOf(queue: PartitionQueue): Server {
    return this.named(this.driver.serverOf?.(queue.topic, queue.key));
  }

  /** The server of a name, created on the first call. */
  named(name: string | undefined): Server {
    let server = this.#servers.get(name);
    if (server === undefined) this.#servers.set(name, server = new Server(name, this.driver, this.options));
    return server;
  }

  /** Groups queues by the server that their messages go to. */
  group(queues: readonly PartitionQueue[]): Iterable<readonly [Server, readonly PartitionQueue[]]> {
    if (this.driver.serverOf === undefined) return [[this.named(undefined), queues]];
    const groups = new Map<Server, PartitionQueue[]>();
    for (const queue of queues) {
      const server = this.serverOf(queue);
      const group = groups.get(server);
      if (group === undefined) groups.set(server, [queue]);
      else group.push(queue);
    }
    return groups;
  }

  /** Whether any server with a name has answered its last request. */
  get hasHealthy(): boolean {
    for (const { name, hasAnswered, error } of this.#servers.values()) if (name !== undefined && hasAnswered && error === undefined) return true;
    return false;
  }

  /** The longest pause that a server requires now, in ms; 0 for none. */
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
