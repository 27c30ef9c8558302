import { NEVER, type Observable, defer, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../operators/publish.js';
import type { Published } from '../src/frame.js';
import { inFlight } from '../src/ledger.js';
import { FakeDriver, FakeRun, fakeBroker, message } from '../test/unit/outbox-fakes.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

const a = message(1);
const b = message(2);
const c = message(3);
const order = (acks$: Observable<Published>) => acks$.pipe(map((ack) => 'abcdefgh'[ack.inputOrder - 1] as string));

describe('publish', () => {
  it('emits the acknowledgement of each message when the broker has given it', () => {
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const driver = new FakeDriver(2);
      const source = hot('  -a---b-c----|    ', { a, b, c });
      const subs = '        ^-----------!    ';
      const expected = '    ---a---b-c--|    ';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('completes when the source has completed and the last message is acknowledged', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' a-b|       ', { a, b });
      const subs = '        ^--!       ';
      const expected = '    ----a---(b|)';
      expectObservable(source.pipe(publish(fakeBroker(new FakeDriver(4)), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('sends what comes within the linger in one request', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const driver = new FakeDriver(1);
      const source = cold(' a-b---c------|     ', { a, b, c });
      const expected = '    ------(ab)--c|     ';
      expectObservable(source.pipe(publish(fakeBroker(driver, { lingerMs: 5 }), { topic: 't' }), order)).toBe(expected);
      flush();
      expect(driver.requests.map(({ at, batch }) => [at, batch.length])).toEqual([[5, 2], [11, 1]]);
    });
  });

  it('has one request under way for a topic and key, and the others of its messages follow in the next', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const driver = new FakeDriver(5);
      const source = cold(' abc-----------|', { a, b, c });
      const expected = '    -----a----(bc)|';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order)).toBe(expected);
      flush();
      expect(driver.requests.map(({ batch }) => batch.map(({ headers }) => headers['ce_previousorder']))).toEqual([['0'], ['1', '2']]);
    });
  });

  it('sends again after 250, 500 … ms while the broker is down, and errors never', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const driver = new FakeDriver(0, (_, index) => (index < 3 ? 'fail' : 'ok'));
      const broker = fakeBroker(driver);
      const source = cold(' a----b---|', { a, b });
      const expected = '    1750ms (ab|)';
      expectObservable(source.pipe(publish(broker, { topic: 't' }), order)).toBe(expected);
      expectObservable(broker.state$.pipe(map(({ status, outbox }) => `${status} ${outbox.messages}`))).toBe(
        '(ijk) 245ms l 499ms l 999ms (mn)',
        { i: 'idle 0', j: 'idle 1', k: 'unavailable 1', l: 'unavailable 2', m: 'connected 2', n: 'connected 0' },
      );
      flush();
      expect(driver.requests.map(({ at }) => at)).toEqual([0, 250, 750, 1750]);
      expect(driver.resets).toBe(1);
    });
  });

  it('takes a request without an answer as failed', () => {
    scheduler.run(({ cold, expectObservable }) => {
      const driver = new FakeDriver(0, (_, index) => (index === 0 ? 'hang' : 'ok'));
      const source = cold(' a|', { a });
      const expected = '    350ms (a|)';
      expectObservable(source.pipe(publish(fakeBroker(driver, { requestTimeoutMs: 100 }), { topic: 't' }), order)).toBe(expected);
    });
  });

  it("passes the source's error at once and goes on sending", () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const driver = new FakeDriver(5);
      const source = cold(' ab-#', { a, b });
      const expected = '    ---#';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order)).toBe(expected);
      flush();
      expect(driver.log.map((one) => one.message.inputOrder)).toEqual([1, 2]);
    });
  });

  it('keeps and sends what it has after unsubscription', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(5);
      const source = cold(' ab--------', { a, b });
      const subs = '        ^--!       ';
      const expected = '    ----------';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order), '^--!').toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(driver.log.map((one) => one.message.inputOrder)).toEqual([1, 2]);
    });
  });

  it('emits the acknowledgements from before a reconnect to the next subscription of the same run', () => {
    scheduler.run(({ cold, expectObservable, flush }) => {
      const run = new FakeRun();
      const [a, b, c] = [run.message(), run.message(), run.message()];
      const attempts = [cold('ab--#', { a, b }), cold('c|', { c })];
      const acks$ = defer(() => attempts.shift() ?? NEVER).pipe(publish(fakeBroker(new FakeDriver(5)), { topic: 't' }), order);
      expectObservable(acks$).toBe('                     ----#               ');
      // -                                               -----a----b          acknowledged
      expectObservable(acks$, '-------^             ').toBe('-------a--b----(c|)');
      flush();
      expect(inFlight(run.ledger)).toBe(0);
    });
  });
});
