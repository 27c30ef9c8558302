/** Writes values to a pipe, with back-pressure. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';

/** The values to write, and a callback for back-pressure. */
export interface PipeInput<T> {
  readonly values$: Observable<T>;
  /** Called with `true` at the start and when the pipe has drained, with `false` when it is full. */
  ready(yes: boolean): void;
}

/**
 * Writes each value as it arrives, even while the pipe is full: the producer follows `ready`.
 * @param write - @returns false when the pipe is full
 * @param end - called after the last value; by default it ends the pipe
 * @returns a function that stops the writing
 */
export function writeToPipe<T>(flow: PipeInput<T>, pipe: Writable, write: (value: T) => boolean, end = () => { pipe.end(); }): () => void {
  const writing = flow.values$.subscribe({
    next: (value) => { if (!write(value)) flow.ready(false); },
    complete: end,
  });
  const onDrain = () => { flow.ready(true); };
  pipe.on('drain', onDrain);
  flow.ready(true);
  return () => {
    pipe.off('drain', onDrain);
    writing.unsubscribe();
  };
}
