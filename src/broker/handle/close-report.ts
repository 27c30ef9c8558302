/** The report of `close`. */
import { emptyRecord } from '../../core/options.js';

/** The messages that `close` could not send. */
export interface CloseReport {
  /** Messages that are not acknowledged; the broker may have written those of the last request. */
  readonly unsent: number;
  /** Bytes of their values. */
  readonly unsentBytes: number;
  /** The same, by topic. */
  readonly byTopic: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;
}

/** Sums up dropped messages. */
export function closeReport(unsent: readonly { readonly topic: string; readonly bytes: number }[]): CloseReport {
  const byTopic = emptyRecord<{ messages: number; bytes: number }>();
  let unsentBytes = 0;
  for (const { topic, bytes } of unsent) {
    const sum = (byTopic[topic] ??= { messages: 0, bytes: 0 });
    sum.messages++;
    sum.bytes += bytes;
    unsentBytes += bytes;
  }
  return { unsent: unsent.length, unsentBytes, byTopic };
}
