/** The marble kit's broker: its moods, its answers, and what it has got. */
import { type Observable, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { publish } from '../operators/publish.js';
import { retry } from '../operators/retry.js';
import { toMessage } from '../operators/to-message.js';
import { camera } from '../src/camera/camera.js';
import { BrokerUnavailable, InvalidOption } from '../src/core/errors/errors.js';
import { type FakeBroker, type FakeCamera, expectEvents, expectLedger, expectParts, fakeBroker, fakeCamera, fakeEngine, marbles } from './kit/index.js';

const order = map(({ inputOrder }: { inputOrder: number }) => String(inputOrder));
const sent = (gate: Observable<never> | FakeCamera, broker: FakeBroker) =>
  (gate as FakeCamera).pipe(encodeH265(), toMessage(), publish(broker, { topic: 'video' }));

describe('fakeBroker', () => {
  it('answers after its latency, and keeps what it got', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   -f-f---f|     ';
      const subs = '     ^-------!     ';
      const expected = ' ----1--2--(3|)';
      const gate = fakeCamera(source, { live: false });
      const broker = fakeBroker({ latencyMs: 3 });
      const ledger = expectLedger(gate);
      expectObservable(sent(gate, broker).pipe(order)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      ledger.verifySettled();
      expect(broker.messages.map(({ offset, at, message }) => [offset, at, message.inputOrder])).toEqual([['0', 4, 1], ['1', 7, 2], ['2', 10, 3]]);
      expect(broker.requests).toEqual([{ at: 1, messages: 1 }, { at: 4, messages: 1 }, { at: 7, messages: 1 }]);
    });
  });

  it('is down and up again as in its diagram, and loses nothing', () => {
    marbles(({ expectObservable, flush }) => {
      const gate = fakeCamera('f-f-f-f-f|', { live: false });
      const broker = fakeBroker({ down: '---d 1s u' });
      const ledger = expectLedger(gate);
      expectObservable(sent(gate, broker).pipe(order)).toBe('1-2 1751ms (345|)');
      expectEvents(gate, '', { d: { type: 'dropped' } });
      flush();
      ledger.verifySettled();
      expect(broker.requests.map(({ at }) => at)).toEqual([0, 2, 4, 254, 754, 1_754]);
    });
  });

  it('fails what it was asked when it goes down before the answer, and never answers what it was asked while it hangs', () => {
    marbles(({ flush }) => {
      const failing = fakeBroker({ latencyMs: 10, down: '-----d-u' });
      expectParts(sent(fakeCamera('-f|', { live: false }), failing), '271ms (a|)', { a: { inputOrder: 1 } });
      const hanging = fakeBroker({ latencyMs: 10, down: '-h-u', requestTimeoutMs: 100 });
      expectParts(sent(fakeCamera('-f|', { live: false }), hanging), '361ms (a|)', { a: { inputOrder: 1 } });
      flush();
      expect(failing.messages).toHaveLength(1);
      expect(hanging.messages).toHaveLength(1);
    });
  });

  it('has written twice what it could not acknowledge, with the same id', () => {
    marbles(({ expectObservable, flush }) => {
      const gate = fakeCamera('f|', { live: false });
      const broker = fakeBroker({ down: 'l--u' });
      expectObservable(sent(gate, broker).pipe(order)).toBe('250ms (1|)');
      flush();
      const [first, second] = broker.messages;
      expect(second?.message.id).toBe(first?.message.id);
      expect(gate.stats).toMatchObject({ captured: 1, published: 1, messages: 1 });
    });
  });

  it('drops what is too large, and sends again what is refused', () => {
    marbles(({ flush }) => {
      const gate = fakeCamera('f-f|', { live: false, unitBytes: 100 });
      const ledger = expectLedger(gate);
      sent(gate, fakeBroker({ tooLargeBytes: 99 })).subscribe();
      expectEvents(gate, 'd-d', { d: { type: 'dropped', cause: 'too-large', error: { code: 'MESSAGE_TOO_LARGE' } } });
      let refusals = 2;
      const picky = fakeBroker({ refuse: () => (refusals-- > 0 ? new BrokerUnavailable('not now') : undefined) });
      expectParts(sent(fakeCamera('f|', { live: false }), picky), '750ms (a|)', { a: { inputOrder: 1 } });
      flush();
      ledger.verifySettled();
    });
  });

  it('continues where the camera fails, and the camera where the broker does', () => {
    marbles(({ expectObservable, flush }) => {
      const gate = fakeCamera(['-f-f#', '-f-f|'], { live: false });
      const broker = fakeBroker({ down: '---d 1s u', latencyMs: 1 });
      const ledger = expectLedger(gate);
      expectObservable(sent(gate, broker).pipe(retry(1_000), order)).toBe('--1 1754ms (234|)');
      flush();
      ledger.verifySettled();
    });
  });

  it('refuses a letter that stands for nothing', () => {
    expect(() => fakeBroker({ down: '--x' })).toThrow(InvalidOption);
    expect(() => fakeBroker({ down: '--x' })).toThrow("fakeBroker: 'x' in '--x' given; allowed: d h l u");
    expect(() => fakeBroker({ latencyMs: -1 })).toThrow(InvalidOption);
  });
});

describe('fakeEngine', () => {
  it('plays in a real camera', () => {
    marbles(({ expectObservable }) => {
      const gate = camera('rtsp://user:secret@camera.example.com/stream', { engine: fakeEngine(['-f-f|', '-f']), key: 'gate' });
      expectObservable(gate.pipe(retry(1_000), map(({ seq }) => String(seq))), '^ 1010ms !').toBe('-1-2 1001ms 3');
      expectEvents(gate, '----f', { f: { type: 'failed', error: { code: 'STREAM_ENDED', camera: 'gate' } } });
    });
  });
});
