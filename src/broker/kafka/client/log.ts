/** Translates kafkajs's log into rxcam's levels and texts. */

import { GIVEN_UP } from './sockets.js';

/** Levels of kafkajs. */
const INFO = 4;
const DEBUG = 5;

/**
 * The client logs errors that the sender recovers from, and refusals that are reported elsewhere: none of them is an error.
 * @param text - from `textOf`; that rxcam has destroyed a socket is logged at level debug
 */
export function levelOf(level: number, text: string): 'debug' | 'info' | 'warn' {
  if (level >= DEBUG || text.startsWith('Response ') || text.includes(GIVEN_UP)) return 'debug';
  return level === INFO ? 'info' : 'warn';
}

export function textOf({ message, error }: { readonly message: string; readonly error?: unknown }): string {
  return typeof error === 'string' ? `${message}: ${error}` : message;
}
