/** Translates kafkajs's log into the levels and words of rxcam's. */

import { GIVEN_UP } from './sockets.js';

/** Levels of kafkajs. */
const INFO = 4;
const DEBUG = 5;

/**
 * The client logs errors that the sender recovers from, and refusals that are reported elsewhere: none of them is an alarm.
 * @param text - as `textOf` makes it; a socket that rxcam itself has destroyed is news to kafkajs alone
 */
export function levelOf(level: number, text: string): 'debug' | 'info' | 'warn' {
  if (level >= DEBUG || text.startsWith('Response ') || text.includes(GIVEN_UP)) return 'debug';
  return level === INFO ? 'info' : 'warn';
}

export function textOf({ message, error }: { readonly message: string; readonly error?: unknown }): string {
  return typeof error === 'string' ? `${message}: ${error}` : message;
}
