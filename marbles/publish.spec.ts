import { NEVER, type Observable, asyncScheduler, defer, finalize, from, map, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../operators/publish.js';
import { mono } from '../src/core/clock.js';
import { InvalidOption, MessageTooLarge } from '../src/core/errors/errors.js';
import type { Outgoing } from '../src/broker/index.js';
import type { CameraMessage, Published } from '../src/core/frame/frame.js';
import { inFlight } from '../src/ledger/ledger.js';
import { FakeDriver, FakeRun, fakeBroker, message } from '../test/unit/broker/outbox-fakes.js';

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
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(1);
      const source = cold(' a-b---c------|     ', { a, b, c });
      const expected = '    ------(ab)--c|     ';
      expectObservable(source.pipe(publish(fakeBroker(driver, { lingerMs: 5 }), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------------!');
      flush();
      expect(driver.requests.map(({ at, batch }) => [at, batch.length])).toEqual([[5, 2], [11, 1]]);
    });
  });

  it('has one request under way for a topic and key, and the others of its messages follow in the next', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(5);
      const source = cold(' abc-----------|', { a, b, c });
      const expected = '    -----a----(bc)|';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^ 13ms !');
      flush();
      expect(driver.requests.map(({ batch }) => batch.map(({ headers }) => headers['ce_previousorder']))).toEqual([['0'], ['1', '2']]);
    });
  });

  it('sends again after 250, 500 … ms while the broker is down, and errors never', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(0, (_, index) => (index < 3 ? 'fail' : 'ok'));
      const broker = fakeBroker(driver);
      const source = cold(' a----b---|', { a, b });
      const expected = '    1750ms (ab|)';
      expectObservable(source.pipe(publish(broker, { topic: 't' }), order)).toBe(expected);
      expectObservable(broker.state$.pipe(map(({ status, outbox }) => `${status} ${outbox.messages}`))).toBe(
        '(ijk) 245ms l 499ms l 999ms (mn)',
        { i: 'idle 0', j: 'idle 1', k: 'unavailable 1', l: 'unavailable 2', m: 'connected 2', n: 'connected 0' },
      );
      expectSubscriptions(source.subscriptions).toBe('^--------!');
      flush();
      expect(driver.requests.map(({ at }) => at)).toEqual([0, 250, 750, 1750]);
      expect(driver.resets).toBe(1);
    });
  });

  it('waits and reconnects by the options of the handle', () => {
    scheduler.run(({ hot, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(0, (_, index) => (index < 4 ? 'fail' : 'ok'));
      const broker = fakeBroker(driver, { retryInitialMs: 10, retryMaxMs: 25, refreshAfterFailures: 2 });
      const source = hot('  a 100ms |       ', { a });
      const subs = '        ^ 100ms !       ';
      const expected = '    80ms a 20ms |   ';
      expectObservable(source.pipe(publish(broker, { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(driver.requests.map(({ at }) => at)).toEqual([0, 10, 30, 55, 80]);
      expect(driver.resets).toBe(2);
    });
  });

  it('takes a request without an answer as failed', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const driver = new FakeDriver(0, (_, index) => (index === 0 ? 'hang' : 'ok'));
      const source = cold(' a|', { a });
      const expected = '    350ms (a|)';
      expectObservable(source.pipe(publish(fakeBroker(driver, { requestTimeoutMs: 100 }), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it("passes the source's error at once and continues sending", () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const driver = new FakeDriver(5);
      const source = cold(' ab-#', { a, b });
      const expected = '    ---#';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't' }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^--!');
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
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const [a, b, c] = [run.message(), run.message(), run.message()];
      const [first, second] = [cold('ab--#', { a, b }), cold('c|', { c })];
      const attempts = [first, second];
      const acks$ = defer(() => attempts.shift() ?? NEVER).pipe(publish(fakeBroker(new FakeDriver(5)), { topic: 't' }), order);
      expectObservable(acks$).toBe('                     ----#               ');
      // -                                               -----a----b          acknowledged
      expectObservable(acks$, '-------^             ').toBe('-------a--b----(c|)');
      expectSubscriptions(first.subscriptions).toBe('      ^---!               ');
      expectSubscriptions(second.subscriptions).toBe('     -------^!           ');
      flush();
      expect(inFlight(run.ledger)).toBe(0);
    });
  });

  it('drops the oldest message that is not in a request when the outbox is full, and the next names the gap', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const driver = new FakeDriver(9);
      const source = cold(' abcd--------------|    ', letters(run, 4));
      const expected = '    ---------a--------(cd|)';
      expectObservable(source.pipe(publish(fakeBroker(driver), { topic: 't', outbox: { maxMessages: 3 } }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^ 17ms !');
      flush();
      expect(run.ledger.dropped.outbox).toBe(1);
      expect(driver.log.map(({ headers }) => headers['ce_previousorder'])).toEqual(['0', '1', '3']);
    });
  });

  it.each([
    ['the outbox', { outbox: { maxBytes: 1 } }, {}], ['all outboxes', {}, { outboxMaxBytes: 1 }],
  ])('publishes one message at a time if each is larger than the limit of %s', (_whose, options, handle) => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const source = cold(' ab-----c----|    ', letters(run, 3));
      const expected = '   ----a------c|';
      expectObservable(source.pipe(publish(fakeBroker(new FakeDriver(4), handle), { topic: 't', ...options }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^-----------!');
      flush();
      expect(run.ledger.dropped.outbox).toBe(1);
    });
  });

  it('drops what can no longer be decoded with it, up to the next keyframe', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const key = { mode: 'stream', keyframe: true } as const;
      const delta = { mode: 'stream', keyframe: false } as const;
      const [a, b, c, d, e, f] = [run.message(key), run.message(delta), run.message(key), run.message(delta), run.message(delta), run.message(key)];
      const source = cold(' abcdef----------------|  ', { a, b, c, d, e, f });
      // -                  a under way; d makes b go; f makes c go, and d and e with it
      const expected = '    ---------a--------f---|  ';
      expectObservable(source.pipe(publish(fakeBroker(new FakeDriver(9)), { topic: 't', outbox: { maxMessages: 3 } }), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^ 21ms !');
      flush();
      expect(run.ledger.dropped).toMatchObject({ outbox: 2, gop: 2 });
    });
  });

  it('pauses a source that can wait above half of the bound, and drops nothing', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const run = new FakeRun('file', 1, true);
      const paused: boolean[] = [];
      const messages = cold('abcd------------', letters(run, 4));
      const source = messages.pipe(tap({ subscribe: () => asyncScheduler.schedule(() => paused.push(run.isPaused), 4) }));
      const subscription = source.pipe(publish(fakeBroker(new FakeDriver(5)), { topic: 't', outbox: { maxMessages: 8 } })).subscribe();
      asyncScheduler.schedule(() => { paused.push(run.isPaused); subscription.unsubscribe(); }, 20);
      expectSubscriptions(messages.subscriptions).toBe('^ 19ms !');
      flush();
      expect(paused).toEqual([true, false]);
      expect(run.ledger.counts.published).toBe(4);
    });
  });

  it('lets a source continue when it is unsubscribed', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const run = new FakeRun('file', 1, true);
      const driver = new FakeDriver(0, (_, index) => (index < 5 ? 'fail' : 'ok'));
      const source = cold('(abcd)', letters(run, 4));
      const subscription = source.pipe(publish(fakeBroker(driver), { topic: 't', outbox: { maxMessages: 4 } })).subscribe();
      asyncScheduler.schedule(() => {
        expect(run.isPaused).toBe(true);
        subscription.unsubscribe();
        expect(run.isPaused).toBe(false);
      }, 10);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
      flush();
      expect(run.ledger.counts.published).toBe(4);
    });
  });

  it('asks a function for the topic and the key of each message', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const driver = new FakeDriver();
      const names = { topic: (one: CameraMessage) => `t${one.inputOrder % 2}`, key: (one: CameraMessage) => `k${one.seq}` };
      const source = cold('abc|', { a, b, c });
      source.pipe(publish(fakeBroker(driver), names)).subscribe();
      expectSubscriptions(source.subscriptions).toBe('^--!');
      flush();
      expect(driver.log.map(({ topic, key }) => `${topic} ${key}`)).toEqual(['t1 k1', 't0 k2', 't1 k3']);
    });
  });

  it('errs when two live runs publish to one topic and key, naming both, and drops nothing of the first', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const [first, second] = [new FakeRun('north'), new FakeRun('south', 2)];
      const [north, south] = [cold('ab-|', letters(first, 2)), cold('ab-|', letters(second, 2))];
      const publishing = publish(fakeBroker(new FakeDriver(1)), { topic: 't', key: 'k' });
      const failure = new InvalidOption("publish: cameras 'north' (run 1) and 'south' (run 2) both publish to topic 't' with key 'k', expected a different key for each of them", { camera: 'south' });
      expectObservable(north.pipe(publishing, order), '   ^   ').toBe('-ab|');
      expectObservable(south.pipe(publishing, order), '   --^ ').toBe('--#', undefined, failure);
      expectSubscriptions(north.subscriptions).toBe('     ^--!');
      expectSubscriptions(south.subscriptions).toBe('     --(^!)');
      flush();
      expect(first.ledger.counts.published).toBe(2);
      first.live = false;
    });
  });

  it('lets a run take over from one that has ended', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const [first, second] = [new FakeRun('north'), new FakeRun('south', 2)];
      const [north, south] = [cold('ab-|', letters(first, 2)), cold('ab-|', letters(second, 2))];
      const publishing = publish(fakeBroker(new FakeDriver(1)), { topic: 't', key: 'k' });
      expectObservable(north.pipe(publishing, order, finalize(() => { first.live = false; })), ' ^     ').toBe('-ab|     ');
      expectObservable(south.pipe(publishing, order, finalize(() => { second.live = false; })), '-----^').toBe('------ab|');
      expectSubscriptions(north.subscriptions).toBe('     ^--!     ');
      expectSubscriptions(south.subscriptions).toBe('     -----^--!');
    });
  });

  it('lets two live runs change places: a key belongs to whom publishes with it now', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const [first, second] = [new FakeRun('gate', 1), new FakeRun('gate', 2)];
      const broker = fakeBroker(new FakeDriver(1));
      const published$ = (run: FakeRun, key: string, subs: string) => {
        const source = cold('ab-|', letters(run, 2));
        expectSubscriptions(source.subscriptions).toBe(subs);
        return source.pipe(publish(broker, { topic: 't', key }), order);
      };
      expectObservable(published$(first, 'k1', ' ^--!     '), '^     ').toBe('-ab|     ');
      expectObservable(published$(second, 'k2', '^--!     '), '^     ').toBe('-ab|     ');
      expectObservable(published$(second, 'k1', '-----^--!'), '-----^').toBe('------cd|');
      expectObservable(published$(first, 'k2', ' -----^--!'), '-----^').toBe('------cd|');
    });
  });

  it('drops what is not sent by the deadline of close, and completes', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const broker = fakeBroker(new FakeDriver(0, () => 'fail'));
      const source = cold(' ab|', letters(run, 2));
      const expected = '    50ms |';
      expectObservable(source.pipe(publish(broker, { topic: 't' }), order)).toBe(expected);
      asyncScheduler.schedule(() => { void broker.close({ deadlineMs: 40 }); }, 10);
      expectSubscriptions(source.subscriptions).toBe('^-!');
      flush();
      expect(run.ledger.dropped.closed).toBe(2);
      expect(inFlight(run.ledger)).toBe(0);
    });
  });

  it('holds up no other topic or key while one is refused', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const refusal = { ok: false, error: new InvalidOption('no such topic') } as const;
      const driver = new FakeDriver(1, (batch) => (mono() > 100 ? 'ok' : batch.map(({ topic }) => (topic === 'bad' ? refusal : { ok: true }))));
      const broker = fakeBroker(driver);
      const [good, bad] = [cold('abc|', { a, b, c }), cold('ab|', { a, b })];
      expectObservable(good.pipe(publish(broker, { topic: 'good' }), order)).toBe('-ab(c|)');
      expectObservable(bad.pipe(publish(broker, { topic: 'bad' }), order)).toBe('  252ms (ab|)');
      expectSubscriptions(good.subscriptions).toBe('                       ^--!');
      expectSubscriptions(bad.subscriptions).toBe('                        ^-!');
    });
  });

  it('finds a message that is too large by halves, and drops it alone', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun();
      const large = new MessageTooLarge('too large');
      const takes = (batch: readonly Outgoing[]) => batch.every(({ message }) => message.inputOrder !== 3);
      const driver = new FakeDriver(2, (batch) => (takes(batch) ? 'ok' : batch.map(() => ({ ok: false, error: large, split: 'size' }))));
      const broker = fakeBroker(driver, { lingerMs: 1 });
      const source = cold(' (abcd)|         ', letters(run, 4));
      // answers                ---n-y-n-n-y      to abcd, ab, cd, c, d
      const expected = '    -----(ab)--(d|)';
      const errors = '      ---------e     ';
      expectObservable(source.pipe(publish(broker, { topic: 't' }), order)).toBe(expected);
      expectObservable(broker.errors$.pipe(map(({ code }) => code))).toBe(errors, { e: 'MESSAGE_TOO_LARGE' });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      flush();
      expect(driver.requests.map(({ batch }) => batch.map(({ message: { inputOrder } }) => inputOrder).join(''))).toEqual(['1234', '12', '34', '3', '4']);
      expect(run.ledger.dropped['too-large']).toBe(1);
    });
  });

  it('sends half as much after each failure, and more again with each answer, for the sake of a slow line', () => {
    scheduler.run(({ flush }) => {
      const driver = new FakeDriver(1, (_, index) => (index < 2 ? 'fail' : 'ok'));
      const broker = fakeBroker(driver, { lingerMs: 1, maxRequestBytes: 16_000 });
      const messages = Array.from({ length: 64 }, (_, index) => message(index + 1, {}, 500));
      from(messages).pipe(publish(broker, { topic: 't', maxInFlight: 64 })).subscribe();
      flush();
      expect(driver.requests.map(({ batch }) => batch.length)).toEqual([15, 7, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1]);
    });
  });

  it('takes an open broker and known options only', () => {
    const broker = fakeBroker(new FakeDriver());
    expect(() => publish('kafka://localhost' as never, { topic: 't' })).toThrow("publish: option 'broker': a string given, expected a broker: kafka(…), redis(…) or memory(…)");
    expect(() => publish(broker, { topic: '' })).toThrow("publish: option 'topic'");
    expect(() => publish(broker, { topic: 't', maxInFlight: 0 })).toThrow("publish: option 'maxInFlight': 0 given");
    expect(() => publish(broker, { topic: 't', acks: 1 } as never)).toThrow("unknown option 'acks'");
    void broker.close();
    expect(() => publish(broker, { topic: 't' })).toThrow('is closed');
  });
});

/** Messages of a run: a, b, c … */
function letters(run: FakeRun, count: number): Record<string, CameraMessage> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => ['abcdefgh'[index] as string, run.message()]));
}
