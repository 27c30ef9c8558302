/** The interface for reading a kind of broker: it emits the messages of one topic in pieces. `Reading` handles everything else. */
import type { Observable } from 'rxjs';
import type { RxcamError } from '../core/errors/errors.js';
import type { Received } from '../message/index.js';
import type { RetryOptions } from './broker-options.js';

/** The id of a Redis entry. */
export type EntryId = `${number}-${number}`;

/** Start of a reading. A number is a time in ms since 1970. */
export type From = 'latest' | 'earliest' | Date | number | EntryId | { readonly offset: number | string } | { readonly last: number };

/** End of a reading, inclusive. `latest`: the last message when the reading begins. A number is a time in ms since 1970. */
export type To = 'latest' | Date | number | EntryId | { readonly offset: number | string };

/** Kafka: the partition of the key, all partitions, or those with these numbers. */
export type Partitions = 'key' | 'all' | readonly number[];

/** The request of a reading. */
export interface ReadRequest {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Only messages with this key; undefined for all. */
  readonly key?: string | undefined;
  /** Start of the reading. */
  readonly from: From;
  /** End of the reading; undefined for none. */
  readonly to?: To | undefined;
  /** Kafka: the partitions to read. Default: that of the key, or all without a key. */
  readonly partitions?: Partitions | undefined;
  /** Consumer group; undefined to read without one. */
  readonly group?: string | undefined;
}

/** Whether there is room for another piece. */
export interface Gate {
  readonly isOpen: boolean;
  /** Emits once, when there is room again. */
  readonly opens$: Observable<void>;
}

/** Messages in the order of each partition; empty if the broker has answered without messages. */
export type Piece = readonly Received[];

/** Reads one topic, for one subscription. */
export interface Reader {
  /** Waits between a failure and the next connection. */
  readonly retry: RetryOptions;
  /**
   * One connection. Errors when it fails; the next one continues after the last piece that was emitted. Waits for the gate
   * before each piece. Completes when the end of the reading is reached. Unsubscribing ends it at once.
   * @param warn - receives the failure of one of several servers while the others continue
   */
  read(gate: Gate, warn: (error: RxcamError) => void): Observable<Piece>;
  /** Called when a message has been handled: it is committed if the reading is part of a group. */
  acknowledged?(message: Received): void;
}
