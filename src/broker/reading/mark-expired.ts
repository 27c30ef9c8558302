/** Marks the first message after those that the broker removed before they could be read. */
import type { Received } from '../../message/index.js';

/** Returns the same list if none was removed, or no message has arrived since. */
export function markExpired(messages: readonly Received[], expired: number): readonly Received[] {
  const [first, ...rest] = messages;
  return first === undefined || expired === 0 ? messages : [first.after(expired), ...rest];
}
