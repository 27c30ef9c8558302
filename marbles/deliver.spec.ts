import { NEVER, type Observable, concatMap, delay, of, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Deliverable, deliver } from '../operators/deliver.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { CameraMessage } from '../src/core/frame/frame.js';
import { inFlight } from '../src/ledger/ledger.js';
import { FakeRun, message } from '../test/unit/broker/outbox-fakes.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

const name = ({ inputOrder }: CameraMessage) => 'abcdefgh'[inputOrder - 1] as string;
const values = Object.fromEntries('abcdef'.split('').map((letter, index) => [letter, message(index + 1)]));
/** A sink that takes 3 frames of time and gives the value's name. */
const slow = (value: CameraMessage): Observable<string> => of(name(value)).pipe(delay(3));

describe('deliver', () => {
  it('runs the function for one value after the other and emits what it gives', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' ab------c-|      ', values);
      const subs = '        ^---------!      ';
      const expected = '    ---a--b----(c|)  ';
      expectObservable(source.pipe(deliver(slow))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('runs as many at once as it may', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' abcd----|    ', values);
      const subs = '        ^-------!    ';
      const expected = '    ---ab-cd|    ';
      expectObservable(source.pipe(deliver(slow, { concurrency: 2 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it("passes the source's error at once, and leaves the function", () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('  -----x|');
      const source = cold(' a--#', values);
      const subs = '        ^--!';
      expectObservable(source.pipe(deliver(() => inner))).toBe('---#');
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(inner.subscriptions).toBe(subs);
    });
  });

  it("errors with the function's error, thrown or emitted", () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' a--b--', values);
      const subs = '        ^!     ';
      expectObservable(source.pipe(deliver(() => timer(1).pipe(concatMap(() => throwError(() => 'bad')))))).toBe('-#', undefined, 'bad');
      expectObservable(source.pipe(deliver(() => { throw new Error('bad'); }))).toBe('#', undefined, new Error('bad'));
      expectSubscriptions(source.subscriptions).toBe([subs, '(^!)']);
    });
  });

  it('leaves the source and the function on unsubscription', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('  ----------');
      const source = cold(' -a--------', values);
      expectObservable(source.pipe(deliver(() => inner)), '^---!').toBe('-----');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(inner.subscriptions).toBe('-^--!');
    });
  });

  it('counts a value as delivered when the function has completed, and as stopped when it was cut', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const source = cold('abc---', { a: run.message(), b: run.message(), c: run.message() });
      const subscription = source.pipe(deliver(slow)).subscribe();
      scheduler.schedule(() => {
        expect(run.ledger.places.sink).toBe(2);
        expect(run.ledger.counts.delivered).toBe(1);
        subscription.unsubscribe();
      }, 5);
      expectSubscriptions(source.subscriptions).toBe('^----!');
      flush();
      expect(run.ledger.dropped.stopped).toBe(2);
      expect(inFlight(run.ledger)).toBe(0);
    });
  });

  it('drops the oldest that waits when it holds too much', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const source = cold(' abcd|       ', { a: run.message(), b: run.message(), c: run.message(), d: run.message() });
      const expected = '    ---a--(d|)  ';
      expectObservable(source.pipe(deliver(slow, { outbox: { maxMessages: 2 } }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---!');
      flush();
      expect(run.ledger.dropped.outbox).toBe(2);
    });
  });

  it('delivers one value at a time if each is larger than the limit in bytes', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const source = cold(' ab---c----|  ', { a: run.message(), b: run.message(), c: run.message() });
      const expected = '    ---a----c-|  ';
      expectObservable(source.pipe(deliver(slow, { outbox: { maxBytes: 1 } }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
      flush();
      expect(run.ledger.dropped.outbox).toBe(1);
    });
  });

  it('pauses a source that can wait, and drops nothing of it', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const run = new FakeRun('file', 1, true);
      const paused: boolean[] = [];
      const source = cold('(abcd)', { a: run.message(), b: run.message(), c: run.message(), d: run.message() });
      source.pipe(deliver(slow, { outbox: { maxMessages: 4 } })).subscribe(() => paused.push(run.isPaused));
      expectSubscriptions(source.subscriptions).toBe('^');
      flush();
      expect(paused).toEqual([true, true, true, true]); // the value in the function is held until it completes
      expect(run.isPaused).toBe(false);
      expect(run.ledger.counts.delivered).toBe(4);
    });
  });

  it('takes options and a function only', () => {
    expect(() => deliver(null as never)).toThrow(InvalidOption);
    expect(() => deliver(() => NEVER as Observable<Deliverable>, { concurrency: 0 })).toThrow("deliver: option 'concurrency': 0 given");
  });
});
