import { filter, map, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { skipRate } from '../operators/skip-rate.js';
import { type StatsConfig, stats } from '../operators/stats.js';
import { subscribe } from '../operators/subscribe.js';
import { verify } from '../operators/verify.js';
import { InvalidOption, SourceRefused } from '../src/core/errors/errors.js';
import type { CameraEvent, EventBody } from '../src/core/events.js';
import { expectLedger, expectParts, expectStats, fakeCamera, fakeTopic, marbles } from './kit/index.js';

const event = (body: EventBody): CameraEvent => ({ camera: 'gate', run: 1, at: 0, ...body });
const one = { seq: 1, frames: 1 };
/** o connecting, c captured, s skipped, d delivered, e encoded, q into the outbox, p published, l lost, f failed, w waiting, x stopped, z reset. */
const EVENTS: Record<string, CameraEvent> = {
  o: event({ type: 'connecting', attempt: 1, address: 'test:' }),
  c: event({ type: 'captured', ...one, pts: 0, to: 'encoder', readMs: 40 }),
  s: event({ type: 'skipped', ...one, from: 'encoder', reason: 'rate' }),
  u: event({ type: 'skipped', ...one, from: 'encoder', reason: 'unchanged' }),
  e: event({ type: 'encoded', ...one, codec: 'h265', from: 'encoder', to: 'handover', bytes: 700, keyframe: true, processMs: 12, width: 640, height: 360 }),
  d: event({ type: 'delivered', ...one, from: 'handover' }),
  q: event({ type: 'moved', ...one, from: 'handover', to: 'outbox' }),
  p: event({ type: 'published', ...one, from: 'outbox', inputOrder: 1, topic: 't', key: 'k', bytes: 700, writeMs: 3, latencyMs: 20 }),
  l: event({ type: 'dropped', ...one, from: 'encoder', cause: 'capture-lost' }),
  f: event({ type: 'failed', attempt: 1, error: new SourceRefused('no') }),
  w: event({ type: 'retrying', attempt: 2, error: new SourceRefused('no'), delayMs: 5_000, nextAttemptAt: 9_000 }),
  r: event({ type: 'recovered', attempt: 2, downtimeMs: 5_000 }),
  x: event({ type: 'stopped', reason: 'completed' }),
  z: event({ type: 'reset' }),
};

describe('stats', () => {
  it('gives a value every so many ms while the camera is at work, and at once when its state changes', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('-o-c-c---c-c--x----|', EVENTS);
      const subs = '       ^------------------!';
      const expected = '   -a-b--c----d--e-e--|';
      expectParts(source.pipe(stats({ every: 5 })), expected, {
        a: { state: 'connecting', captured: 0 },
        b: { state: 'streaming', captured: 1 },
        c: { state: 'streaming', captured: 2 },
        d: { state: 'streaming', captured: 4 },
        e: { state: 'stopped', captured: 4, inFlight: 4 },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('continues while frames are in flight, and gives the last value when the last of them has come to rest', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('o-c-e-q-x------p----|', EVENTS);
      const subs = '       ^-------------------!';
      expectParts(source.pipe(stats({ every: 6 })), 'a-b---c-d---e--f----|', {
        a: { state: 'connecting' }, b: { state: 'streaming', inFlightBy: { encoder: 1 } }, c: { inFlightBy: { outbox: 1 } },
        d: { state: 'stopped', inFlight: 1 }, e: { state: 'stopped', inFlight: 1 }, f: { state: 'stopped', inFlight: 0, published: 1 },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('counts what becomes of every frame', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('--(occccccccssuedeqpl) x|', EVENTS);
      const last$ = source.pipe(stats({ every: 1_000 }), filter(({ state }) => state === 'stopped'));
      expectParts(last$, '22ms a|', {
        a: {
          captured: 8, skipped: 3, diff: 1, encoded: 2, delivered: 1, published: 1, messages: 1, bytes: 700, inFlight: 2, inFlightBy: { encoder: 2 },
          dropped: { 'capture-lost': 1, outbox: 0 }, droppedTotal: 1, frameBytes: 700, width: 640, height: 360,
          read: { count: 8, last: 40 }, process: { count: 2, mean: 12 }, write: { count: 1, max: 3 }, latency: { count: 1, p50: 20 },
        },
      });
      expectSubscriptions(source.subscriptions).toBe('^ 22ms !');
    });
  });

  it('has the wait, the last failure and the downtime', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('o-f-w-o-(cr)-x|', EVENTS);
      const expected = '   a-b-c-d-e----f|';
      expectParts(source.pipe(stats()), expected, {
        a: { state: 'connecting', lastError: undefined },
        b: { state: 'failed', lastError: 'SOURCE_REFUSED' },
        c: { state: 'waiting', nextAttemptAt: 9_000, reconnects: 1 },
        d: { state: 'connecting', nextAttemptAt: undefined },
        e: { state: 'streaming', downtimeMs: 0 },
        f: { state: 'stopped', downtimeMs: 5_000, reconnects: 1 },
      });
      expectSubscriptions(source.subscriptions).toBe('^ 13ms !');
    });
  });

  it('has rates a second over the window since the tick before', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('o (cs) 36ms (ce) 36ms (cs) 200ms x|', EVENTS);
      const rates$ = source.pipe(stats({ every: 100 }), filter(({ at }) => at % 100 === 0), map(({ rate }) => rate));
      expectParts(rates$, 'a 99ms b 99ms c 99ms d'.replace(' 99ms d', ''), {
        a: { captured: 0 }, b: { captured: 30, skipped: 20, dropped: 0, published: 0 }, c: { captured: 0, skipped: 0 },
      }, { subscription: '^ 250ms !' });
      expectSubscriptions(source.subscriptions).toBe('^ 250ms !');
    });
  });

  it('does not treat a change of state right after a tick as a window', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('oc 48ms c 49ms c - x|', EVENTS); // pictures at 1, 50 and 100, stopped at 102
      expectParts(source.pipe(stats({ every: 100 })), 'ab 98ms c-d|', {
        a: { rate: { captured: 0 } }, b: { captured: 1 }, c: {}, d: { state: 'stopped', captured: 3, rate: { captured: (3 * 1_000) / 102 } },
      });
      expectSubscriptions(source.subscriptions).toBe('^ 102ms !');
    });
  });

  it('zeroes the counts on a reset, at once, and keeps what is in flight', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('(occcs)-z-x-|', EVENTS);
      expectParts(source.pipe(stats(), filter(({ at }) => at > 0)), '--------r-x-|', {
        r: { state: 'streaming', captured: 2, skipped: 0, inFlight: 2, read: { count: 0 } },
        x: { state: 'stopped', captured: 2, inFlight: 2 },
      });
      expectSubscriptions(source.subscriptions).toBe('^-----------!');
    });
  });

  it('gives nothing of nothing', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [empty, silent] = [cold<CameraEvent>('|'), cold<CameraEvent>('-')];
      expectObservable(empty.pipe(stats())).toBe('        |');
      expectObservable(silent.pipe(stats())).toBe('       -');
      expectSubscriptions(empty.subscriptions).toBe('     (^!)');
      expectSubscriptions(silent.subscriptions).toBe('    ^');
    });
  });

  it('passes an error, and stops its timer', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const source = cold('o----#', EVENTS);
      const subs = '       ^----!';
      const expected = '   a-b-c#';
      expectParts(source.pipe(stats({ every: 2 })), expected, { a: {}, b: {}, c: {} });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('stops its timer when it is unsubscribed', () => {
    marbles(({ hot, expectSubscriptions }) => {
      const source = hot(' o---------', EVENTS);
      const subs = '       ^----!    ';
      const unsub = '      ^----!    ';
      const expected = '   a-b-c     ';
      expectParts(source.pipe(stats({ every: 2 })), expected, { a: {}, b: {}, c: {} }, { subscription: unsub });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('counts from its own subscription on', () => {
    marbles(({ hot, expectSubscriptions }) => {
      const source = hot(' oc-c-c-x', EVENTS);
      const subs = '       ---^----!';
      const expected = '   ---a---b';
      expectParts(source.pipe(stats(), take(9)), expected, { a: { captured: 1, state: 'streaming' }, b: { captured: 2, state: 'stopped' } }, { subscription: subs });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('refuses a timer that makes no sense', () => {
    for (const every of [0, -1, 0.5, NaN, Infinity, 2 ** 31, '1s', null]) expect(() => stats({ every } as StatsConfig)).toThrow(InvalidOption);
    expect(() => stats({ every: 0 })).toThrow("stats: option 'every': 0 given");
  });
});

/** As a camera sends it that captured at `at`. */
const sent = (at: number) => ({ headers: { ce_time: new Date(at).toISOString() } });

describe('stats of received messages', () => {
  it('gives a value with the first message, every so many ms, and at the end', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '  --a-b----c--|';
      const subs = '    ^-----------!';
      const expected = '--f----t----(l|)';
      const topic = fakeTopic(source, { values: { a: sent(0), b: sent(3), c: sent(4) } });
      const messages = subscribe(topic, { topic: 'video' });
      expectSubscriptions(topic.subscriptions).toBe(subs);
      expectParts(messages.pipe(stats({ every: 5 })), expected, {
        f: { received: 1, bytes: 1, latency: { count: 1, max: 2 }, rate: { messages: 0 } },
        t: { received: 2, bytes: 2, latency: { count: 2, min: 1, max: 2 }, rate: { messages: 400, bytes: 400, missing: 0 } },
        l: { received: 3, latency: { count: 3, max: 5 }, rate: { messages: 300 } },
      });
    });
  });

  it('gives a value at once with the first gap since the last tick, by verdict and cause', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-(gap)-b-(dropped)-c-(torn)-d-e-(repeated)-|');
      const subs = '           ^-------------------------------------------!';
      const seen$ = subscribe(topic, { topic: 'video' }).pipe(verify({ keep: ['repeated', 'torn'] }), stats({ every: 100 }));
      const text$ = seen$.pipe(map(({ verdicts: { whole, repeated, torn, gaps, dropped, lost } }) => (
        `${whole} whole, ${repeated} repeated, ${torn} torn; ${gaps} gaps: ${dropped} dropped, ${lost} lost`
      )));
      expectObservable(text$).toBe('a-------b 35ms (c|)', {
        a: '1 whole, 0 repeated, 0 torn; 0 gaps: 0 dropped, 0 lost',
        b: '1 whole, 0 repeated, 0 torn; 1 gaps: 0 dropped, 1 lost',
        c: '4 whole, 1 repeated, 1 torn; 2 gaps: 1 dropped, 1 lost',
      });
      expectSubscriptions(topic.subscriptions).toBe(subs);
    });
  });

  it('has rates over the window since the tick before, and zeros when no more arrive', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-b-c-d----');
      const unsub = '          ^ 24ms !';
      const expected = '       a 9ms b 9ms a';
      const messages = subscribe(topic, { topic: 'video' });
      const rates$ = messages.pipe(stats({ every: 10 }), map(({ rate }) => String(rate.messages)));
      expectObservable(rates$, unsub).toBe(expected, { a: '0', b: '400' });
      expectSubscriptions(topic.subscriptions).toBe(unsub);
    });
  });

  it('stops its timer when it is unsubscribed', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-------');
      const unsub = '          ^----!  ';
      const expected = '       1-1-1---';
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.pipe(stats({ every: 2 }), map(({ received }) => String(received))), unsub).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(unsub);
    });
  });
});

describe('camera.stats$', () => {
  it('gives a value every second while the camera is at work, and the last one after it stopped', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera(`-${'f 39ms '.repeat(50)}|`, { live: false, fps: 25 });
      expectLedger(gate);
      gate.pipe(skipRate({ fps: 5 }), encodeH265({ mode: 'frame' })).subscribe();
      expectStats(gate.stats$, 'cs 998ms t 999ms ux', {
        c: { state: 'connecting', captured: 0 }, s: { state: 'streaming', captured: 1 },
        t: { captured: 25, skipped: 20, delivered: 5, rate: { captured: 25, skipped: 20, delivered: 5 }, inFlight: 0 },
        u: { captured: 50, skipped: 40, delivered: 10 }, x: { state: 'stopped', captured: 50, delivered: 10 },
      });
      expectSubscriptions(gate.subscriptions).toBe('^ 2s !');
    });
  });

  it('gives the latest value to late subscribers, also when it is over', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-f-f|', { live: false });
      gate.stats$.subscribe();
      timer(1).subscribe(() => gate.subscribe());
      expectStats(gate.stats$, '---s', { s: { state: 'streaming', captured: 1 } }, { subscription: '---(^!)' });
      expectStats(gate.stats$, '10s s', { s: { state: 'stopped', captured: 2, delivered: 2 } }, { subscription: '10s (^!)' });
      expectSubscriptions(gate.subscriptions).toBe('-^---!');
    });
  });

  it('has no rate for a window without a subscription', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-f-f|', { live: false });
      gate.subscribe();
      expectStats(gate.stats$, '10s s', { s: { state: 'stopped', captured: 2, rate: { captured: 0, delivered: 0 } } }, { subscription: '10s (^!)' });
      expectSubscriptions(gate.subscriptions).toBe('^---!');
    });
  });

  it('is zeroed by resetStats, also while nothing runs', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const gate = fakeCamera('-f-f|', { live: false });
      expectLedger(gate);
      gate.subscribe();
      cold('10ms r').subscribe(() => { gate.resetStats(); });
      expectStats(gate.stats$, '-----s---- z', { s: { captured: 2 }, z: { captured: 0, delivered: 0, state: 'stopped' } }, { subscription: '-----^ 20ms !' });
      expectSubscriptions(gate.subscriptions).toBe('^---!');
    });
  });

  it('sums the runs', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-f-f|', { live: false });
      expectLedger(gate);
      gate.subscribe();
      gate.subscribe();
      expectStats(gate.stats$, '10ms s', { s: { state: 'stopped', captured: 4, delivered: 4 } }, { subscription: '10ms (^!)' });
      expectSubscriptions(gate.subscriptions).toBe(['^---!', '^---!']);
    });
  });
});
