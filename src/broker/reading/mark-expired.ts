/** Marks the message that follows messages which the broker removed before they could be read. */
import type { Received } from '../../message/index.js';

/** @param expired - number of removed messages. Returns the same list if it is 0, or if the list is empty. */
export function markExpired(messages: readonly Received[], expired: number): readonly Received[] {
  const [first, ...rest] = messages;
  return first === undefined || expired === 0 ? messages : [first.after(expired), ...rest];
}
