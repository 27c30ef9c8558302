/** Options of an outbox: how much may wait for a broker, or for a sink in user code. */
import { byteCount, count, options as object } from '../../core/options.js';

/** Bounds of the waiting messages: the first one reached applies. */
export interface OutboxConfig {
  /** Bytes kept in memory. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Messages, or values of any other kind. Default 1000. */
  readonly maxMessages?: number;
}

export const OUTBOX_SCHEMA = object({ maxBytes: byteCount().optional(), maxMessages: count().optional() });
