/** Reads a pipe in bulk: waking a process costs far more than reading the few bytes that woke it. */
import type { Readable } from 'node:stream';

/** Longest time that data stay in the pipe, much less than a read window; ms. */
const REST_MS = 100;

/**
 * Reads all data in the pipe when the returned function is called, and every 100 ms.
 * The stream must not read ahead (a high-water mark of 1 byte), or it would still wake for each write.
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
