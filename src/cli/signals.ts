/** What stops the program from outside: the first signal asks it to end, the second ends it. */
import { constants } from 'node:os';
import { Observable, share } from 'rxjs';

/** `closed`: nobody reads what is printed any more (`rxcam … | head`). */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'closed';

/** What writing says when the reader, or the terminal, is gone. */
const GONE = new Set<string | undefined>(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Emits each reason to stop; after the first, a signal ends the process at once, and every ffmpeg with it, with exit code
 * 128 + the signal's number. The handlers stay until the process ends.
 */
export const stop$: Observable<StopReason> = new Observable<StopReason>((subscriber) => {
  let isStopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (isStopping) process.exit(128 + constants.signals[signal]);
      isStopping = true;
      subscriber.next(signal);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code)) throw error;
      isStopping = true;
      subscriber.next('closed');
    });
  }
}).pipe(share({ resetOnRefCountZero: false }));
