/** Options of an outbox: limits of the values that wait for a broker, or for a sink in user code. */
import { z } from 'zod';
import type { Fence } from '../../core/frame/fence.js';
import type { CameraMessage } from '../../core/frame/frame.js';
import { byteCount, callback, count, codeOnly, options as object } from '../../core/options.js';

/** Bounds of the waiting messages: the first one reached applies. */
export interface OutboxConfig {
  /** Bytes kept in memory; a value of any size fits if it is the only one. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Messages, or values of any other kind. Default 1000. */
  readonly maxMessages?: number;
}

export const OUTBOX_SCHEMA = object({ maxBytes: byteCount().optional(), maxMessages: count().optional() });

/** Options of `publish`. */
export const PUBLISH_SCHEMA = object({
  topic: z.union([z.string().min(1), callback<(message: CameraMessage) => string>()]),
  key: z.union([z.string(), callback<(message: CameraMessage) => string>()]).optional(),
  maxInFlight: count().optional(),
  outbox: OUTBOX_SCHEMA.optional(),
  fence: codeOnly(z.custom<Fence>((value) => ['open', 'held', 'fenced'].includes(String((value as Fence | null)?.state)), { message: 'expected a fence' })).optional(),
});
