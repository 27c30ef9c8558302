/** `--frames`: so many messages, over reconnects, and what the outbox drops is made up for. */
import { type Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { limitMessages } from '../../../src/apps/cli/stream/limit.js';
import type { CameraEvent } from '../../../src/core/events.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';

const NOTHING_DROPPED: Observable<CameraEvent> = new Subject();
const messages = Object.fromEntries([1, 2, 3, 4, 5, 6].map((inputOrder) => [inputOrder, { inputOrder } as CameraMessage]));

describe('limit', () => {
  it('ends with the last message, and unsubscribes', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -1-2-3-4-|', messages);
      const unsubscribed = ' ^----!';
      const expected = '     -1-2-(3|)';
      expectObservable(source$.pipe(limitMessages(3, NOTHING_DROPPED))).toBe(expected, messages);
      expectSubscriptions(source$.subscriptions).toBe(unsubscribed);
    });
  });

  it('continues with its count when it is subscribed again', () => {
    virtually(({ cold, expectObservable }) => {
      const first$ = cold('  -1-2-#', messages);
      const second$ = cold(' -3-4-|', messages);
      const limited = limitMessages(3, NOTHING_DROPPED);
      expectObservable(first$.pipe(limited)).toBe('-1-2-#', messages);
      expectObservable(second$.pipe(limited)).toBe('-(3|)', messages);
    });
  });

  it('passes one message more for each that was dropped', () => {
    const events$ = new Subject<CameraEvent>();
    const source$ = new Subject<CameraMessage>();
    const passed: number[] = [];
    source$.pipe(limitMessages(2, events$)).subscribe(({ inputOrder }) => {
      passed.push(inputOrder);
      // The outbox drops the oldest while it takes the next.
      if (inputOrder === 2) events$.next(drop('outbox'));
      if (inputOrder === 1) events$.next(drop('encoder'));
    });
    for (const message of Object.values(messages)) source$.next(message);
    expect(passed).toEqual([1, 2, 3]);
    expect(source$.observed).toBe(false);
  });

  it('passes errors and completion', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold('-1-#', messages).pipe(limitMessages(3, NOTHING_DROPPED))).toBe('-1-#', messages);
      expectObservable(cold('-1-|', messages).pipe(limitMessages(3, NOTHING_DROPPED))).toBe('-1-|', messages);
    });
  });
});

function drop(from: 'outbox' | 'encoder'): CameraEvent {
  return { type: 'dropped', camera: 'a', run: 1, at: 0, seq: 1, frames: 1, from, cause: 'outbox' };
}

function virtually(work: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); }).run(work);
}
