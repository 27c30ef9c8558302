/** Cases that hold for each step that gives pictures another size, fused or on frames out of the user's hands. */
import { type OperatorFunction, map } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';
import type { AnyFrame, Frame } from '../src/core/frame/frame.js';
import { type FakeCamera, expectEvents, expectLedger, expectParts, fakeCamera, marbles } from './kit/index.js';
import { digits, sizes } from './values.js';

export const FULL_HD = { width: 1920, height: 1080 };

/** A camera with three pictures of 1920x1080, the second like the first; expects one subscription until it completes. */
export function threePictures(expectSubscriptions: RunHelpers['expectSubscriptions']): FakeCamera {
  const source = '-f-u-f|';
  const subs = '  ^-----!';
  const gate = fakeCamera(source, { live: false, size: FULL_HD });
  expectSubscriptions(gate.subscriptions).toBe(subs);
  return gate;
}

/** @param step - on pictures of 1920x1080, of which it makes pictures of `size`; `small` - one for pictures of 64x48 */
export function itChangesSizes(step: OperatorFunction<AnyFrame, Frame>, size: string, small: OperatorFunction<AnyFrame, Frame>): void {
  it.each([
    ["within the camera's one process", false], ["in one child, on frames out of the user's hands", true],
  ])('gives every picture its new size, %s', (_, isSplit) => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   -f-f-f|';
      const subs = '     ^-----!';
      const expected = ' -a-a-a|';
      const gate = fakeCamera(source, { live: false, size: FULL_HD });
      expectLedger(gate);
      expectObservable((isSplit ? gate.pipe(map((picture) => picture), step) : gate.pipe(step)).pipe(sizes)).toBe(expected, { a: size });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(gate.processes).toEqual({ running: 0, peak: isSplit ? 2 : 1 });
      expect(gate.stats).toMatchObject({ captured: 3, delivered: 3, inFlight: 0 });
    });
  });

  it('passes an error, after what was in the child', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-#';
      const subs = '     ^----!';
      const expected = ' -1-2-#';
      const fused = fakeCamera(source);
      const split = fakeCamera(source);
      expectParts(fused.pipe(small, digits), expected, {}, { error: { code: 'CAPTURE_CRASHED' } });
      expectParts(split.pipe(map((picture) => picture), small, digits), expected, {}, { error: { code: 'CAPTURE_CRASHED' } });
      expectSubscriptions(fused.subscriptions).toBe(subs);
      expectSubscriptions(split.subscriptions).toBe(subs);
    });
  });

  it('ends its processes when it is unsubscribed', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   -f-f-f-f';
      const subs = '     ^---!   ';
      const unsub = '    ^---!   ';
      const expected = ' -1-2----';
      const gate = fakeCamera(source);
      expectLedger(gate);
      expectObservable(gate.pipe(map((picture) => picture), small, digits), unsub).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '----s', { s: { type: 'stopped', reason: 'unsubscribed' } });
      flush();
      expect(gate.processes).toEqual({ running: 0, peak: 2 });
    });
  });
}
