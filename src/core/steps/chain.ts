/** Combines steps in order: their filters for ffmpeg, and the size after them. Both follow the same order. */
import { type PictureSize, type Size, evenBelow } from '../pictures/size.js';
import type { SkipState } from '../pictures/skip.js';
import { EVEN_SIDES } from './common/filters.js';
import { type Step, ruleOf } from './table.js';

/**
 * The filters of steps. After them pictures have even sides and one size, even if the source's size changes.
 * @param states - states of the steps that leave pictures out by their time, in order
 */
export function filtersOf(steps: readonly Step[], states: readonly SkipState[] = []): readonly string[] {
  const left = [...states];
  const { isEven, done } = walked(steps, (step, evens) => {
    const rule = ruleOf(step);
    const isByTime = typeof rule.leavesOut === 'object' && 'byTime' in rule.leavesOut;
    return [...(evens ? [EVEN_SIDES] : []), ...rule.filters(step, isByTime ? left.shift() : undefined)];
  });
  return isEven ? done.flat() : [...done.flat(), EVEN_SIDES];
}

/**
 * The size of pictures after steps.
 * @throws InvalidOption for a size that one of them can't work on
 */
export function sizeAfter(steps: readonly Step[], size: PictureSize): Size {
  let now: PictureSize = size;
  const { isEven } = walked(steps, (step, evens) => {
    if (evens) now = evenBelow(now);
    now = ruleOf(step).resized?.(now, step) ?? now;
  });
  const { width, height } = now;
  return isEven ? { width, height } : evenBelow({ width, height });
}

/** @param visit - takes each step, and whether pictures are made even before it */
function walked<T>(steps: readonly Step[], visit: (step: Step, evens: boolean) => T): { readonly isEven: boolean; readonly done: readonly T[] } {
  let isEven = false;
  const done = steps.map((step) => {
    const { sides } = ruleOf(step);
    const evens = sides === 'even before' && !isEven;
    isEven ||= sides !== 'as they come';
    return visit(step, evens);
  });
  return { isEven, done };
}
