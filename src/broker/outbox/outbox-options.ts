/** Options of an outbox: how much waits for a broker, or for a sink of the user's own. */
import { byteCount, count, options as object } from '../../core/options.js';

/** Bounds of what waits: the first that is reached holds. */
export interface OutboxConfig {
  /** Bytes kept in memory. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Messages, or values of any other kind. Default 1000. */
  readonly maxMessages?: number;
}

export const OUTBOX_SCHEMA = object({ maxBytes: byteCount().optional(), maxMessages: count().optional() });
