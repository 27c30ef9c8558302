/** Marks the first message behind those that the broker removed before they could be read. */
import type { Received } from '../../message/index.js';

/** The same list, where nothing was removed or no message has come since. */
export function marked(messages: readonly Received[], expired: number): readonly Received[] {
  const [first, ...rest] = messages;
  return first === undefined || expired === 0 ? messages : [first.after(expired), ...rest];
}
