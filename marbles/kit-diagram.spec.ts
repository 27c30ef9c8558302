/** The marble kit's diagrams: read back by RxJS, aligned in columns, explained. */
import fc from 'fast-check';
import { ignoreElements, interval, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type TimedNotification, aligned, alignedSubscriptions, createScheduler, diagram, marbles } from './kit/index.js';

/** Notifications of a diagram in run mode. */
function parse(text: string, values?: Record<string, unknown>): TimedNotification[] {
  return createScheduler().run(() => TestScheduler.parseMarbles(text, values, undefined, false, true));
}

describe('diagram', () => {
  it('writes what parseMarbles reads', () => {
    expect(diagram(parse('-a-b--(c|)'))).toBe('-a-b--(c|)');
    expect(diagram(parse('a 5s b 999ms #'))).toBe('a 5s b 999ms #');
    expect(diagram([])).toBe('');
  });

  it('is parsed back to the same notifications, for any of them', () => {
    const message = fc.record({ gap: fc.oneof(fc.integer({ min: 8, max: 40 }), fc.integer({ min: 100, max: 100_000 })), names: fc.constantFrom('a', 'ab', 'abc', '1') });
    fc.assert(fc.property(fc.array(message, { maxLength: 12 }), (list) => {
      let frame = 0;
      const messages = list.flatMap(({ gap, names }) => {
        frame += gap;
        return [...names].map((value): TimedNotification => ({ frame, notification: { kind: 'N', value } }));
      });
      expect(parse(diagram(messages)).map(({ frame: at, notification }) => [at, (notification as { value: string }).value]))
        .toEqual(messages.map(({ frame: at, notification }) => [at, (notification as { value: string }).value]));
    }));
  });

  it('names values by the letters given, and gives the others a letter', () => {
    const messages = parse('-a-b-c', { a: { n: 1 }, b: { n: 2 }, c: { n: 1 } });
    expect(diagram(messages, { values: { x: { n: 1 } } })).toBe('-x-A-x');
  });

  it('draws columns of a second', () => {
    const messages: TimedNotification[] = [0, 2_000, 2_500].map((frame) => ({ frame, notification: { kind: 'N', value: 'f' } }));
    expect(diagram(messages, { columnMs: 1_000 })).toBe('f-ff');
  });
});

describe('aligned', () => {
  it('puts equal times into equal columns', () => {
    expect(aligned(parse('-a-b---|'), parse('-a---b-|'))).toBe([
      'expected  -a-b---|',
      'actual    -a---b-|',
    ].join('\n'));
  });

  it('makes room for a group in the other row', () => {
    expect(aligned(parse('-(ab)-c-|'), parse('-a----c-|'))).toBe([
      'expected  -(ab)-c-|',
      'actual    -a----c-|',
    ].join('\n'));
    expect(aligned(parse('-(ab)-|'), parse('-ab---|'))).toBe([
      'expected  -(ab)-   |',
      'actual    -a   b---|',
    ].join('\n'));
  });

  it('shortens long gaps alike in both rows', () => {
    expect(aligned(parse('a 4999ms b'), parse('a 4999ms (bc)'))).toBe([
      'expected  a 4999ms b',
      'actual    a 4999ms (bc)',
    ].join('\n'));
  });

  it('explains values without a letter, and errors that differ', () => {
    const expected: TimedNotification[] = [{ frame: 0, notification: { kind: 'N', value: { n: 1 } } }, { frame: 1, notification: { kind: 'E', error: 'one' } }];
    const actual: TimedNotification[] = [{ frame: 0, notification: { kind: 'N', value: { n: 2 } } }, { frame: 1, notification: { kind: 'E', error: 'two' } }];
    expect(aligned(expected, actual)).toBe(['expected  A#', 'actual    B#', 'A = { n: 1 }', "# = 'one'", 'B = { n: 2 }', "# (actual) = 'two'"].join('\n'));
  });

  it('draws subscriptions, a row for each', () => {
    expect(alignedSubscriptions([{ subscribedFrame: 0, unsubscribedFrame: 5 }], [{ subscribedFrame: 0, unsubscribedFrame: 3 }, { subscribedFrame: 6, unsubscribedFrame: Infinity }])).toBe([
      'expected  ^----!',
      'actual    ^--!',
      'actual    ------^',
    ].join('\n'));
  });
});

describe('createScheduler', () => {
  it('fails with two aligned diagrams', () => {
    expect(() => { marbles(({ cold, expectObservable }) => { expectObservable(cold('-a-b|')).toBe('-a--b|'); }); }).toThrow([
      'values are not as expected',
      'expected  -a--b|',
      'actual    -a-b|',
    ].join('\n'));
  });

  it('fails with the subscriptions, a row for each', () => {
    expect(() => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold('-a-b|');
        expectObservable(source$).toBe('-a-b|');
        expectSubscriptions(source$.subscriptions).toBe('^--!');
      });
    }).toThrow('subscriptions are not as expected\nexpected  ^--!\nactual    ^---!');
  });

  it('fails where something would continue without limit', () => {
    expect(() => { marbles(({ expectObservable }) => { expectObservable(interval(1_000).pipe(ignoreElements())).toBe(''); }); })
      .toThrow('an Observable is still active after a day of virtual time');
  });

  it('gives back what the test returned, and RxJS its own columns', () => {
    const before = TestScheduler.frameTimeFactor;
    expect(marbles(({ expectObservable }) => { expectObservable(of('a')).toBe('(a|)'); return 7; }, { columnMs: 1_000 })).toBe(7);
    expect(TestScheduler.frameTimeFactor).toBe(before);
  });
});
