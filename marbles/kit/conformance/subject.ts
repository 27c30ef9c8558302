/** What the conformance suite of brokers needs of the broker under test. */
import type { Broker } from '../../../src/broker/index.js';

/** Options that the suite asks for; the broker under test has them by whatever names. */
export interface ConformanceOptions {
  /** How long a message waits for others, in ms. */
  readonly lingerMs?: number;
  /** A request without an answer for so long has failed, in ms; asked for only where the server can hang. */
  readonly requestTimeoutMs?: number;
  /** Largest value; asked for unless any size is taken. */
  readonly maxMessageBytes?: number;
}

/** A message as it is read back. */
export interface ConformanceRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it is, as the acknowledgement says. */
  readonly partition?: number;
  readonly offset?: string;
  readonly streamId?: string;
}

/** What stands behind a broker, for the checks of what happens while it is away. */
export interface ConformanceServer {
  /** Makes it unreachable; what it holds stays. */
  down(): Promise<void>;
  /** Makes it reachable again, at the same address. */
  start(): Promise<void>;
  /** Keeps it from answering, with its connections open. Absent where that can't be. */
  pause?(): void;
  resume?(): void;
}

/** The broker under test. */
export interface ConformanceSubject {
  /** A new handle. The suite closes it. */
  broker(options: ConformanceOptions): Broker;
  /**
   * All that a topic holds, read in another way than it was written. In the order of each partition.
   * @param broker - a handle that was used to write; it may be closed
   */
  read(topic: string, broker: Broker): Promise<readonly ConformanceRecord[]>;
  /** Whether what it holds ends with its handle. */
  readonly embedded?: boolean;
  /** Whether messages of any size are taken. Default false: `maxMessageBytes` holds. */
  readonly anySize?: boolean;
  /** A handle for a place that can't be reached, with a login in its address where it takes one. The suite closes it. */
  unreachable?(password: string): Broker | Promise<Broker>;
  /** What is stopped and started; asked for when a check runs. Absent: nothing can be. */
  server?(): ConformanceServer;
  /** Whether the server can hang: it has `pause` and `resume`. */
  readonly canHang?: boolean;
}

/** One check. It resolves when the broker conforms, and rejects with an AssertionError that says how it does not. */
export interface ConformanceCheck {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly run: () => Promise<void>;
}
