/** One Kafka broker: a connection that opens on demand, and the pauses that the broker requests. */
import { mono } from '../../../core/clock.js';
import type { KafkaOptions } from '../options.js';
import type { GroupRequests, GroupResponses, LogEntry, NewWire, Pauses, Requests, Responses, Wire } from '../wire/index.js';

/** A node's reports to its client. */
export interface NodeHooks {
  /** Creates a connection of the client library. */
  readonly newWire: NewWire;
  log(level: number, entry: LogEntry): void;
  /** Called when the broker requests a pause, while none is in effect. */
  paused(ms: number): void;
}

export class KafkaNode implements Pauses {
  /** Monotonic time in ms until which it reads nothing. */
  pausedUntil = 0;
  /** Monotonic time in ms of its last answer. */
  answeredAt = -Infinity;
  /** The last connection, which may not be open yet, or no longer. */
  #wire: Wire | undefined;
  #connecting: Promise<Wire> | undefined;
  #isHeld = false;

  /** @param address - `host:port` */
  constructor(readonly address: string, readonly options: KafkaOptions, readonly hooks: NodeHooks) {}

  get isConnected(): boolean { return this.#connecting === undefined && this.#wire?.isConnected === true; }

  async ask<K extends keyof Requests>(name: K, request: Requests[K]): Promise<Responses[K]> {
    const wire = await this.#connectedWire();
    const answer = await wire.ask(name, request);
    this.answeredAt = mono();
    return answer;
  }

  /** A request to this broker as the coordinator of a group. */
  async askGroup<K extends keyof GroupRequests>(name: K, request: GroupRequests[K], withinMs: number): Promise<GroupResponses[K]> {
    const wire = await this.#connectedWire();
    if (wire.askGroup === undefined) throw new Error('this client library does not support consumer groups');
    return wire.askGroup(name, request, withinMs);
  }

  pause(ms: number): void {
    const now = mono();
    if (this.pausedUntil < now) this.hooks.paused(ms);
    this.pausedUntil = Math.max(this.pausedUntil, now + ms);
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#wire?.hold(isHeld);
  }

  /** Closes the connection after the requests in flight. */
  async disconnect(): Promise<void> {
    await this.#connecting;
    await this.#wire?.disconnect();
  }

  /** Closes the connection at once and discards unsent bytes, which a hanging broker never reads. The next request opens a new one. */
  drop(): void {
    this.#wire?.destroy();
    this.#wire = undefined;
    this.#connecting = undefined;
    this.pausedUntil = 0;
  }

  async #connectedWire(): Promise<Wire> {
    if (this.#wire !== undefined && this.isConnected) return this.#wire;
    const connecting = this.#connecting ??= this.#connect();
    try {
      return await connecting;
    } finally {
      if (this.#connecting === connecting) this.#connecting = undefined;
    }
  }

  /** Creates a wire for each connection: after a partial answer, the rest of it would be read before the answers of the next connection. */
  async #connect(): Promise<Wire> {
    const { clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs } = this.options;
    const colon = this.address.lastIndexOf(':');
    this.#wire?.destroy();
    const wire = this.#wire = this.hooks.newWire({
      host: this.address.slice(0, colon), port: Number(this.address.slice(colon + 1)), clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs,
      log: (level, entry) => { this.hooks.log(level, entry); }, pauses: this,
    });
    wire.hold(this.#isHeld);
    await wire.connect();
    if (wire !== this.#wire) throw new Error('the connection was closed meanwhile');
    return wire;
  }
}
