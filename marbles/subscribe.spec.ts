import { type Observable, delay, map, of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deliver } from '../operators/deliver.js';
import { publish } from '../operators/publish.js';
import { subscribe } from '../operators/subscribe.js';
import { type From, kafka, memory, redis } from '../src/broker/index.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { Received } from '../src/message/index.js';
import { message } from '../test/unit/broker/outbox-fakes.js';
import { fakeTopic, marbles } from './kit/index.js';

const letters = (source: Observable<Received>) => source.pipe(map(({ value }) => value.toString()));
const orders = (source: Observable<Received>) => source.pipe(map(({ value }) => String(value[0])));
const values = Object.fromEntries([...'abcde'].map((letter, index) => [letter, message(index + 1, { value: Buffer.from([index + 1]) })]));

const AT_ONCE = { count: 2, last: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 };

describe('subscribe', () => {
  it('emits the messages of a topic as they come', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const broker = memory();
      const sent = cold('    a-b--c-----|', values);
      const subs = '         ^----------!';
      const expected = '     1-2--3------';
      expectObservable(subscribe(broker, { topic: 'video' }).pipe(orders), '^------------!').toBe(expected);
      expectObservable(sent.pipe(publish(broker, { topic: 'video' }), map(() => 'p'))).toBe('p-p--p-----|');
      expectSubscriptions(sent.subscriptions).toBe(subs);
    });
  });

  it('begins at its position', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = '   a-b-c------d--e';
      const reading = ' ----^------------!';
      const seen = (from: From) => {
        const video = fakeTopic(topic);
        expectSubscriptions(video.subscriptions).toBe(reading);
        return subscribe(video, { topic: 'video', from }).pipe(letters);
      };
      // c is there at the very moment.
      expectObservable(seen('latest'), reading).toBe('        ----c------d--e');
      expectObservable(seen('earliest'), reading).toBe('      ----(abc)--d--e');
      expectObservable(seen({ last: 1 }), reading).toBe('     ----(bc)---d--e');
      expectObservable(seen(new Date(2)), reading).toBe('     ----(bc)---d--e');
      expectObservable(seen({ offset: 1 }), reading).toBe('   ----(bc)---d--e');
    });
  });

  it('ends at its end position', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const video = fakeTopic('a-b-c-d-e-');
      const unsub = '          ----^------!';
      const subs = '           ----(^!)';
      const expected = '       ----(ab|)';
      expectObservable(subscribe(video, { topic: 'video', from: 'earliest', to: 'latest' }).pipe(letters), unsub).toBe(expected);
      expectSubscriptions(video.subscriptions).toBe(subs);
    });
  });

  it('is cold: each subscription begins by itself', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const video = fakeTopic('a--b--c--d-');
      const subs = ['          ^------!', '----^-----!'];
      const messages = subscribe(video, { topic: 'video' }).pipe(letters);
      expectObservable(messages, '^------!    ').toBe('a--b--c');
      expectObservable(messages, '----^-----! ').toBe('------c--d');
      expectSubscriptions(video.subscriptions).toBe(subs);
    });
  });

  it('takes the messages of one key', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-b-c-d|', { values: { b: { key: 'other' }, d: { key: 'other' } } });
      const subs = '           ^------!';
      const expected = '       --b---d|';
      expectObservable(subscribe(topic, { topic: 'video', key: 'other' }).pipe(letters)).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(subs);
    });
  });

  it('waits for a broker that is down, and continues behind the last message', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-(down)-b-c-(up)-d 1s |');
      const subs = ['          ^-!', '252ms ^ 766ms !'];
      const messages = subscribe(topic, { topic: 'video' });
      // 250 ms after the failure.
      expectObservable(messages.pipe(letters)).toBe('a 251ms (bcd) 762ms |');
      expectObservable(messages.errors$.pipe(take(1), map(({ code }) => code)), '^').toBe('--(e|)', { e: 'BROKER_UNAVAILABLE' });
      expectSubscriptions(topic.subscriptions).toBe(subs);
    });
  });

  it('waits longer after each failure', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('(down) 2s (up)|');
      const subs = ['          (^!)', '250ms (^!)', '750ms (^!)', '1750ms (^!)'];
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.errors$.pipe(map(() => 'e')), '^ 3s !').toBe('e 249ms e 499ms e 999ms e');
      expectObservable(messages, '^ 3s !').toBe('-');
      expectSubscriptions(topic.subscriptions).toBe(subs);
    });
  });

  it('emits no more while deliver holds enough, and loses nothing', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('(abcdefgh)');
      const unsub = '          ^ 24ms !';
      const expected = '       ---a--b--c--d--e--f--g--h';
      const messages = subscribe(topic, { topic: 'video', inbox: { maxMessages: 2 } });
      const slow = (one: Received) => of(one.value.toString()).pipe(delay(3));
      const held: number[] = [];
      const counted = (one: Received) => { held.push(messages.stats.received - held.length); return slow(one); };
      expectObservable(messages.pipe(deliver(counted, { outbox: { maxMessages: 4 } })), unsub).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(unsub);
    });
  });

  it('ends the reading when it is left', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-b-c-d-');
      const unsub = '          ^--!    ';
      const expected = '       a-b-    ';
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.pipe(letters), unsub).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(unsub);
      expectObservable(of(0).pipe(delay(5), map(() => messages.stats))).toBe('-----(s|)', {
        s: { status: 'idle', received: 2, bytes: 2, expired: 0, failures: 0, inbox: { messages: 0, bytes: 0 }, rate: { messages: 0, bytes: 0 }, latency: AT_ONCE },
      });
    });
  });

  it('knows how many messages came in the last second, and that none came since', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a 499ms b 499ms c');
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.pipe(letters)).toBe('a 499ms b 499ms c');
      const asked$ = cold('500ms x 999ms y 1999ms z|').pipe(map(() => messages.stats.rate.messages));
      expectObservable(asked$).toBe('500ms x 999ms y 1999ms z|', { x: 0, y: 3, z: 0 });
      expectSubscriptions(topic.subscriptions).toBe('^');
    });
  });

  it('knows how long ago the pictures were captured', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const headers = (at: number) => ({ ce_id: `cam/run/${at}`, ce_time: new Date(at).toISOString() });
      const values = { a: { headers: headers(0) }, b: { headers: headers(5) } };
      const topic = fakeTopic('--a------b', { values });
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.pipe(map(() => messages.stats.latency)).pipe(map(({ count, min, max, last }) => `${count} ${min} ${max} ${last}`)))
        .toBe('--a------b', { a: '1 2 2 2', b: '2 2 4 4' });
      expectSubscriptions(topic.subscriptions).toBe('^');
    });
  });

  it('has its statistics at once, at each turn, and every second while a reading is live', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-(down)-b-(up)');
      const messages = subscribe(topic, { topic: 'video', from: 'earliest' });
      const stats$ = messages.stats$.pipe(map(({ status, received, failures }) => `${status} ${received} ${failures}`));
      expectObservable(messages.pipe(letters), '--^ 2300ms !').toBe('252ms (ab)');
      expectObservable(stats$, '^ 5s !').toBe('i-(cu) 246ms o 749ms t 999ms t 300ms x', {
        i: 'idle 0 0', c: 'connecting 0 0', u: 'unavailable 0 1', o: 'connected 0 1', t: 'connected 2 1', x: 'idle 2 1',
      });
      expectSubscriptions(topic.subscriptions).toBe(['--(^!)', '252ms ^ 2050ms !']);
    });
  });

  it('has its statistics at once for late subscribers, and starts no timer while no reading is live', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('ab');
      const messages = subscribe(topic, { topic: 'video' });
      expectObservable(messages.pipe(letters), '^-!').toBe('ab');
      expectObservable(messages.stats$.pipe(map(({ status, bytes }) => `${status} ${bytes}`)), '---^ 5s !').toBe('---x', { x: 'idle 2' });
      expectSubscriptions(topic.subscriptions).toBe('^-!');
    });
  });

  it('takes options that make sense, and a broker that can be read', () => {
    const broker = memory();
    expect(() => subscribe(broker, {} as never)).toThrow(InvalidOption);
    expect(() => subscribe(broker, { topic: 't', from: { last: 0 } })).toThrow("subscribe: option 'from.last': 0 given");
    expect(() => subscribe(broker, { topic: 't', from: '17-0' })).toThrow('"17-0" given for memory');
    expect(() => subscribe(kafka({ brokers: ['h:1'] }), { topic: 't', from: '17-0' })).toThrow('"17-0" given for kafka');
    expect(() => subscribe(kafka({ brokers: ['h:1'] }), { topic: 't', to: 'earliest' as never })).toThrow("option 'to': \"earliest\" given");
    expect(() => subscribe(redis(), { topic: 't', from: 'yesterday' as never })).toThrow("expected 'latest', 'earliest', a time, or an entry's id");
    expect(() => subscribe(broker, { topic: 't', partitions: 'all' })).toThrow('expected only with kafka');
    expect(() => subscribe({} as never, { topic: 't' })).toThrow("subscribe: option 'broker'");
  });
});
