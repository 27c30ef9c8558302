/** Ends a camera after a number of messages; those that the outbox drops do not count. */
import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import type { CameraEvent } from '../../../core/events.js';
import type { CameraMessage } from '../../../core/frame/frame.js';

/**
 * Passes messages on until this number of them is sent or pending. It counts by `inputOrder`, which continues over
 * reconnects, so that each subscription continues the count.
 */
export function limitMessages(messages: number, events$: Observable<CameraEvent>): MonoTypeOperatorFunction<CameraMessage> {
  let dropped = 0;
  events$.subscribe((event) => {
    if (event.type === 'dropped' && (event.from === 'outbox' || event.from === 'request')) dropped += 1;
  });
  return (source) => new Observable((subscriber) => {
    subscriber.add(source.subscribe({
      next: (message) => {
        subscriber.next(message);
        // Only after `next` is it known whether the outbox has dropped a message.
        if (message.inputOrder - dropped >= messages) subscriber.complete();
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    }));
  });
}
