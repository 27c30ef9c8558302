/** publish behind a fence: what leaves, what waits, what is dropped, and with which epoch. */
import { type Observable, Subject, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../operators/publish.js';
import type { Fence } from '../src/core/frame/fence.js';
import type { Published } from '../src/core/frame/frame.js';
import { inFlight } from '../src/ledger/ledger.js';
import { FakeDriver, FakeRun, fakeBroker } from '../test/unit/broker/outbox-fakes.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

/** A fence whose states follow a diagram: `o` open, `h` held, `f` fenced; the epoch rises with each opening, from 1. */
class FakeFence implements Fence {
  state: Fence['state'] = 'held';
  epoch = 0;
  readonly changes$ = new Subject<void>();

  constructor(states$: Observable<string>) {
    states$.subscribe((letter) => {
      this.state = letter === 'o' ? 'open' : letter === 'h' ? 'held' : 'fenced';
      if (letter === 'o') this.epoch++;
      this.changes$.next();
    });
  }
}

const order = (acks$: Observable<Published>) => acks$.pipe(map((ack) => 'abcdefgh'[ack.inputOrder - 1] as string));
const lettersOf = (run: FakeRun) => ({ a: run, b: run, c: run, d: run });
const messages = (run: FakeRun) => map(() => run.message({ epochHeader: 'ce_epoch' }));
const epochs = (driver: FakeDriver) => driver.log.map(({ message, headers }) => `${'abcdefgh'[message.inputOrder - 1] ?? ''}${headers['ce_epoch'] ?? ''}`).join(' ');

describe('publish with a fence', () => {
  it('lets messages leave while it is open, with its epoch', () => {
    scheduler.run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const run = new FakeRun();
      const fence = new FakeFence(cold('o'));
      const source = hot('  -a--b--| ', lettersOf(run));
      const expected = '    --a--b-| ';
      expectObservable(source.pipe(messages(run), publish(fakeBroker(driver), { topic: 't', fence }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------!');
      flush();
      expect(epochs(driver)).toBe('a1 b1');
    });
  });

  it('holds them while it is held, and sends them in order with the epoch of then', () => {
    scheduler.run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const run = new FakeRun();
      const fence = new FakeFence(cold('o-h------o'));
      const source = hot('  -a-b-c----------d--|', lettersOf(run));
      const expected = '    --a-------(bc)---d-|';
      expectObservable(source.pipe(messages(run), publish(fakeBroker(driver), { topic: 't', fence }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------------------!');
      flush();
      expect(epochs(driver)).toBe('a1 b2 c2 d2');
    });
  });

  it('drops what waits, and what comes, once the camera is another machine\'s', () => {
    scheduler.run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const run = new FakeRun();
      const fence = new FakeFence(cold('o-h------f'));
      const source = hot('  -a-b-c------d--|', lettersOf(run));
      const expected = '    --a------------|';
      expectObservable(source.pipe(messages(run), publish(fakeBroker(driver), { topic: 't', fence }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^--------------!');
      flush();
      expect(epochs(driver)).toBe('a1');
      expect(run.ledger.dropped.fenced).toBe(3);
      expect(inFlight(run.ledger)).toBe(0);
    });
  });

  it('does not send again what a request under way did not bring, when the fence has closed meanwhile', () => {
    scheduler.run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(3, (_, index) => (index === 0 ? 'fail' : 'ok'));
      const run = new FakeRun();
      const fence = new FakeFence(cold('o-f'));
      const source = hot('  -a---b-|', lettersOf(run));
      const expected = '    -------|';
      expectObservable(source.pipe(messages(run), publish(fakeBroker(driver), { topic: 't', fence }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------!');
      flush();
      expect(driver.requests.length).toBe(1);
      expect(run.ledger.dropped.fenced).toBe(2);
    });
  });

  it('keeps the outbox of a run that is gone behind its fence, and drops it there', () => {
    scheduler.run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const run = new FakeRun();
      const fence = new FakeFence(cold('h-------f'));
      const broker = fakeBroker(driver);
      const source = hot('  -a-b-c', lettersOf(run));
      const unsub = '       ----!  ';
      expectObservable(source.pipe(messages(run), publish(broker, { topic: 't', fence }), order), unsub).toBe('');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectObservable(broker.state$.pipe(map(({ outbox }) => outbox.messages))).toBe('xy------z'.replace('z', 'x'), { x: 0, y: 1 });
      flush();
      expect(driver.requests).toEqual([]);
      expect(run.ledger.dropped.fenced).toBe(2);
    });
  });

  it('names no message that was sent behind another fence: another machine may have sent since', () => {
    scheduler.run(({ cold, hot, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const [first, second] = [new FakeRun(), new FakeRun('cam', 2)];
      const broker = fakeBroker(driver);
      const open = () => new FakeFence(cold('o'));
      const source = hot('-a-b--|', lettersOf(first));
      const later = hot(' --------a-b|', lettersOf(second));
      source.pipe(messages(first), publish(broker, { topic: 't', fence: open() })).subscribe();
      cold('-------x|').subscribe(() => { later.pipe(messages(second), publish(broker, { topic: 't', fence: open() })).subscribe(); });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      flush();
      expect(driver.log.map(({ headers }) => headers['ce_previousorder'])).toEqual(['0', '1', '0', '1']);
    });
  });

  it('is one that rxcam made, or one with its members', () => {
    expect(() => publish(fakeBroker(new FakeDriver()), { topic: 't', fence: {} as never })).toThrow("publish: option 'fence'");
  });
});
