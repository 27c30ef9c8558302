/** A broker as users see it. */
import type { Observable } from 'rxjs';
import type { RxcamError } from '../../core/errors/errors.js';
import type { CloseReport } from './close-report.js';

/** State of a broker, as rxcam sees it. */
export interface BrokerState {
  /** `idle`: nothing was sent yet; `connected`: the last request was answered; `unavailable`: it failed; `closed`. */
  readonly status: 'idle' | 'connected' | 'unavailable' | 'closed';
  /** Why it is unavailable. */
  readonly error?: RxcamError;
  /** Topics whose messages wait while others are sent, and why: a partition without a leader, a right that is missing. Absent when there are none. */
  readonly waiting?: readonly TopicWaits[];
  /** Pause that the broker's quota requires, in ms. Absent if there is none. */
  readonly throttledMs?: number;
  /** Messages waiting for an acknowledgement; bytes are those kept in memory. */
  readonly outbox: { readonly messages: number; readonly bytes: number };
}

/** A topic with messages that are not written, and why. */
export interface TopicWaits {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** The reason. */
  readonly error: RxcamError;
}

/**
 * A broker, for `publish` and `subscribe`. It connects when it is first used, and reconnects without limit. `await using` closes it at
 * the end of the block.
 */
export interface Broker extends AsyncDisposable {
  /** `kafka`, `redis`, `memory` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** The current state. */
  readonly state: BrokerState;
  /** Emits `state` at once and at each change, except the counts of the outbox: only when it begins to fill or is empty again. Completes on close. */
  readonly state$: Observable<BrokerState>;
  /**
   * Emits each failed request, each message that is too large, and the reason why messages of a topic are refused: once,
   * until the reason changes. Also emits missing rights that do not prevent sending. Completes on close.
   */
  readonly errors$: Observable<RxcamError>;
  /**
   * Creates a topic if it is missing, without waiting for its first message; on Redis also a consumer group, which reads
   * it from its beginning. Rejects with BrokerUnavailable. Not needed for the embedded broker.
   */
  prepare(topic: string, options?: { consumerGroup?: string }): Promise<void>;
  /** Ends the connection: the next request opens a new one, and a function that returns the broker's address is called again. */
  reconnect(): void;
  /**
   * Sends the messages in the outbox and closes the connection. Messages not sent by the deadline are dropped, with cause
   * `closed`. Never rejects; a second call returns the report of the first.
   */
  close(options?: { /** Default 5000 ms. */ deadlineMs?: number }): Promise<CloseReport>;
}

/** Name of a broker in messages: its address, after its kind if the address does not begin with it. */
export function brokerName({ kind, address }: Broker): string {
  return address.startsWith(kind) ? address : `${kind} ${address}`;
}
