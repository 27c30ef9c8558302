/** The interface of the broker under test for the conformance suite. */
import type { Broker } from '../../../src/broker/index.js';

/** Options that the suite requires; the broker under test may have other names for them. */
export interface ConformanceOptions {
  /** How long a message waits for others, in ms. */
  readonly lingerMs?: number;
  /** Time limit of a request, in ms; required only if the server can hang. */
  readonly requestTimeoutMs?: number;
  /** Largest value in bytes; required unless `anySize` is set. */
  readonly maxMessageBytes?: number;
}

/** A message as it is read back. */
export interface ConformanceRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Kafka: number of the partition, as in the acknowledgement. */
  readonly partition?: number;
  readonly offset?: string;
  readonly streamId?: string;
}

/** The server of a broker, for checks of outages. */
export interface ConformanceServer {
  /** Makes it unreachable; it keeps its messages. */
  down(): Promise<void>;
  /** Makes it reachable again, at the same address. */
  start(): Promise<void>;
  /** Keeps it from answering, with its connections open. Absent if that is impossible. */
  pause?(): void;
  resume?(): void;
}

/** The broker under test. */
export interface ConformanceSubject {
  /** A new handle. The suite closes it. */
  broker(options: ConformanceOptions): Broker;
  /**
   * All messages of a topic, in the order of each partition; read by code other than the driver under test.
   * @param broker - a handle that was used to write; it may be closed
   */
  read(topic: string, broker: Broker): Promise<readonly ConformanceRecord[]>;
  /** Whether its messages are lost when its handle closes. */
  readonly embedded?: boolean;
  /** Whether messages of any size are accepted. Default false: `maxMessageBytes` applies. */
  readonly anySize?: boolean;
  /** A handle for an unreachable address, with credentials in it if supported. The suite closes it. */
  unreachable?(password: string): Broker | Promise<Broker>;
  /** The server to stop and start; called when a check runs. Absent if there is none. */
  server?(): ConformanceServer;
  /** Whether the server can hang: it has `pause` and `resume`. */
  readonly canHang?: boolean;
  /** Time limit of each check, in ms: a driver may never answer. Default 150,000. */
  readonly timeoutMs?: number;
}

/** One check. It resolves when the broker conforms, and rejects with an AssertionError otherwise. */
export interface ConformanceCheck {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly run: () => Promise<void>;
}
