/** Commands that are replaced until one suits the source: one process at a time, a bounded number of tries, no other error taken. */
import { NEVER, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EngineContext, EngineEvent } from '../../../src/core/engine/engine.js';
import { StreamEnded } from '../../../src/core/errors/errors.js';
import { SourceMismatch, retryOnMismatch } from '../../../src/ffmpeg/stream/source-mismatch.js';

const captured: EngineEvent = { type: 'captured', pts: 0 };

/** Processes that end on request. */
function processes() {
  const running = new Set<() => void>();
  const context: EngineContext = {
    camera: 'gate', paused$: NEVER,
    hold: () => {
      const end = () => { running.delete(end); };
      running.add(end);
      return end;
    },
  };
  return { context, running };
}

describe('retryOnMismatch', () => {
  it('starts the next command when the process of the one before is gone, and says that work continues', () => {
    const { context, running } = processes();
    const releases: (() => void)[] = [];
    const events: string[] = [];
    const subscription = retryOnMismatch(context, ({ hold }) => new Observable((subscriber) => {
      releases.push(hold());
      if (releases.length === 1) subscriber.error(new SourceMismatch());
      else subscriber.next(captured);
    })).subscribe(({ type }) => events.push(type));
    expect([releases.length, events]).toEqual([1, []]);
    releases[0]?.();
    expect([releases.length, events]).toEqual([2, ['progress', 'captured']]);
    expect(running.size).toBe(1);
    subscription.unsubscribe();
  });

  it('takes a source that changes every time as it is, in the end', () => {
    const asked: boolean[] = [];
    const events: EngineEvent[] = [];
    retryOnMismatch(processes().context, (_, mayChange) => {
      asked.push(mayChange);
      return mayChange ? throwError(() => new SourceMismatch()) : of(captured);
    }).subscribe((event) => events.push(event));
    expect(asked).toEqual([true, true, true, false]);
    expect(events.at(-1)).toBe(captured);
  });

  it('passes any other error, and begins again with each subscription', () => {
    let runs = 0;
    const ended = new StreamEnded('over');
    const failing$ = retryOnMismatch(processes().context, () => (runs++ % 2 === 0 ? throwError(() => new SourceMismatch()) : throwError(() => ended)));
    const errors: unknown[] = [];
    for (let index = 0; index < 2; index++) failing$.subscribe({ error: (error: unknown) => errors.push(error) });
    expect([errors, runs]).toEqual([[ended, ended], 4]);
  });
});
