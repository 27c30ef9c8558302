/** Writes values to a pipe, with back-pressure. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';

/** The values, and whether the pipe accepts more. */
export interface PipeInput<T> {
  readonly values$: Observable<T>;
  /** False when the pipe is full; true at the start, and when it has drained. */
  ready(yes: boolean): void;
}

/**
 * Writes each value as it arrives; while the pipe is full, `ready` is false until it has drained.
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
