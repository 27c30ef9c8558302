import { type Observable, Subject, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { subscribe } from '../operators/subscribe.js';
import { verify } from '../operators/verify.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { Gap, Received, Verified } from '../src/message/index.js';
import { cut, received } from '../test/unit/broker/sent.js';
import { fakeTopic, marbles } from './kit/index.js';

/** Whole ones by their letter, which is their number: a is 1. Gaps by their size; others by their verdict. */
const shown = (source: Observable<Verified | Gap>) => source.pipe(map((one) => {
  if (one.verdict === 'gap') return one.cause === 'dropped' ? 'D' : one.cause === 'lost' ? 'L' : 'E';
  return one.verdict === 'whole' ? 'abcdefghij'[(one.inputOrder ?? 0) - 1] : one.verdict === 'torn' ? 'T' : 'R';
}));
const values: Record<string, Received> = {
  a: received({ order: 1 }), b: received({ order: 2 }), c: received({ order: 3 }), d: received({ order: 4 }), f: received({ order: 6 }),
  g: received({ order: 7, previous: 4 }), T: cut({ order: 2 }),
};
/** A stream of GOPs of three: a, d, g are keyframes. */
const gops = Object.fromEntries([...'abcdefghi'].map((letter, index) =>
  [letter, received({ order: index + 1, mode: 'stream', keyframe: index % 3 === 0 })]));

describe('verify', () => {
  it('leaves out what comes again, and what is torn', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-a-T-c-|', values);
      const subs = '        ^--------!';
      const expected = '    -a-----c-|';
      const operator = verify();
      expectObservable(source.pipe(operator, shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('emits them with their verdict when they are asked for', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-a-T-c-|', values);
      const expected = '    -a-R-T-c-|';
      expectObservable(source.pipe(verify({ keep: ['repeated', 'torn'] }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    });
  });

  it('emits a gap for what was lost on the way, and one for what the sender dropped', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-d----g----|', values);
      const subs = '        ^------------!';
      const expected = '    -b-(Ld)-(Dg)-|';
      expectObservable(source.pipe(verify(), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('takes the start of a reading for no gap, and a sender that begins again for none either', () => {
    marbles(({ expectObservable, expectSubscriptions, cold }) => {
      const again = received({ order: 1, previous: 0, run: 'other' });
      const source = cold(' -f---r-|', { f: values['f'] as Received, r: again });
      const expected = '    -f---a-|';
      expectObservable(source.pipe(verify(), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  it('leaves out what can not be decoded behind a gap, up to the next keyframe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' b-c-d-e----h-i-|', gops);
      const subs = '        ^--------------!';
      const expected = '    ----d-e----L---|';
      expectObservable(source.pipe(verify(), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('waits for a keyframe behind a torn one', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const torn = cut({ order: 2, mode: 'stream', keyframe: false });
      const source = cold(' a-T-c-d-e-|', { ...gops, T: torn });
      const expected = '    a-----d-e-|';
      const operator = verify();
      expectObservable(source.pipe(operator, shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('leaves out a reference to a picture that is missing', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const to = (order: number, referenceOrder: number) => received({ order, referenceOrder, value: Buffer.alloc(0) });
      const source = cold(' a-b-----d-|', { a: values['a'] as Received, b: to(2, 1), d: to(4, 3) });
      const expected = '    a-b-----L-|';
      expectObservable(source.pipe(verify(), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('reports messages that the broker removed before they were read', () => {
    marbles(({ expectObservable, cold, expectSubscriptions }) => {
      const late = received({ order: 4, more: { expired: 2 } });
      const source = cold(' a---d-----|', { a: values['a'] as Received, d: late });
      expectObservable(source.pipe(verify(), shown)).toBe('a---(Ed)--|');
      expectSubscriptions(source.subscriptions).toBe('^---------!');
      const topic = '            a-b-(expired)-c----|';
      expectObservable(subscribe(fakeTopic(topic), { topic: 'video' }).pipe(verify(), shown)).toBe('a-b-----------(Ed)-|');
    });
  });

  it('calls onGap before the gap is emitted, and errors with what it throws', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-d----|', values);
      const gaps = new Subject<Gap>();
      expectObservable(gaps.pipe(map(({ from, to, cause, camera, key, topic }) => ({ from, to, cause, camera, key, topic })))).toBe('---g', {
        g: { from: 3, to: 3, cause: 'lost', camera: 'cam', key: 'cam', topic: 'video' },
      });
      expectObservable(source.pipe(verify({ onGap: (gap) => { gaps.next(gap); } }), shown), '^------!').toBe('-b-(Ld)');
      expectObservable(source.pipe(verify({ onGap: () => { throw new Error('bad'); } }), shown)).toBe('-b-#', undefined, new Error('bad'));
      expectSubscriptions(source.subscriptions).toBe(['^------!', '^--!']);
    });
  });

  it("passes the source's error, and leaves it on unsubscription", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' a-b-c-#', values);
      expectObservable(source.pipe(verify(), shown)).toBe('a-b-c-#');
      expectObservable(source.pipe(verify(), shown), '^--!').toBe('a-b-');
      expectSubscriptions(source.subscriptions).toBe(['^-----!', '^--!']);
    });
  });

  it('begins again with each subscription, and counts all of them', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const source = cold(' a-T-c-|', values);
      const operator = verify();
      expectObservable(source.pipe(operator, shown)).toBe('a---c-|');
      expectObservable(source.pipe(operator, shown)).toBe('a---c-|');
      expectSubscriptions(source.subscriptions).toBe(['^-----!', '^-----!']);
      flush();
      expect(operator.stats).toMatchObject({ whole: 4, torn: 2, repeated: 0, gaps: 0 });
    });
  });

  it('takes its own options only', () => {
    expect(() => verify({ keep: ['whole' as never] })).toThrow(InvalidOption);
    expect(() => verify({ onGap: 1 as never })).toThrow("verify: option 'onGap': 1 given, expected a function");
  });
});
