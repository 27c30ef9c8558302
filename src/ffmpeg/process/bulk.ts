/** Reads a pipe in bulk: waking a process costs far more than reading the few bytes that woke it. */
import type { Readable } from 'node:stream';

/** Longest time that data stay in the pipe, far below a read window; ms. */
const REST_MS = 100;

/**
 * Hands over what is in the pipe whenever the function returned is called, and every 100 ms.
 * The stream must read nothing ahead (a high-water mark of 1 byte), or it wakes for each write all the same.
 */
export function readInBulk(pipe: Readable): () => void {
  const wake = (): void => {
    timer.refresh();
    pipe.resume();
  };
  const timer = setTimeout(wake, REST_MS).unref();
  pipe.on('data', () => { pipe.pause(); });
  pipe.once('close', () => { clearTimeout(timer); });
  return wake;
}
