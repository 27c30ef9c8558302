/** Reads a pipe in bulk: waking Node for a few bytes costs far more than reading them. */
import type { Readable } from 'node:stream';

/** Longest time that data stay in the pipe, much shorter than a read window; ms. */
const MAX_DELAY_MS = 100;

/**
 * Reads all data in the pipe every 100 ms, and whenever the returned function is called.
 * The stream must not read ahead (a high-water mark of 1 byte): otherwise it would still wake Node for each write.
 */
export function readInBulk(pipe: Readable): () => void {
  const wake = (): void => {
    timer.refresh();
    pipe.resume();
  };
  const timer = setTimeout(wake, MAX_DELAY_MS).unref();
  pipe.on('data', () => { pipe.pause(); });
  pipe.once('close', () => { clearTimeout(timer); });
  return wake;
}
