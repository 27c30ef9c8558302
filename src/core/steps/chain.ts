/** Combines steps in order: their filters for ffmpeg, and the size of pictures after them. */
import { type PictureSize, type Size, evenBelow } from '../pictures/size.js';
import type { SkipState } from '../pictures/skip.js';
import { EVEN_SIDES } from './common/filters.js';
import { isByTime } from './common/rule.js';
import { type Step, ruleOf } from './table.js';

/**
 * The filters of steps. Pictures after them have even sides and one size, even if the source's size changes.
 * @param states - states of the steps that leave pictures out by their media time, in order
 */
export function filtersOf(steps: readonly Step[], states: readonly SkipState[] = []): readonly string[] {
  const statesLeft = [...states];
  const { isEven, results } = visitSteps(steps, (step, madeEven) => {
    const rule = ruleOf(step);
    return [...(madeEven ? [EVEN_SIDES] : []), ...rule.filters(step, isByTime(rule.leavesOut) ? statesLeft.shift() : undefined)];
  });
  return isEven ? results.flat() : [...results.flat(), EVEN_SIDES];
}

/**
 * The size of pictures after steps.
 * @throws InvalidOption for a size that one of them can't work on
 */
export function sizeAfter(steps: readonly Step[], size: PictureSize): Size {
  let current: PictureSize = size;
  const { isEven } = visitSteps(steps, (step, madeEven) => {
    if (madeEven) current = evenBelow(current);
    current = ruleOf(step).resized?.(current, step) ?? current;
  });
  const { width, height } = current;
  return isEven ? { width, height } : evenBelow({ width, height });
}

interface Visited<T> {
  /** Whether a step has made the sides of pictures even. */
  readonly isEven: boolean;
  readonly results: readonly T[];
}

/**
 * Visits steps in order.
 * @param visit - receives each step, and whether its pictures are made even before it
 */
function visitSteps<T>(steps: readonly Step[], visit: (step: Step, madeEven: boolean) => T): Visited<T> {
  let isEven = false;
  const results = steps.map((step) => {
    const { sides } = ruleOf(step);
    const madeEven = sides === 'even before' && !isEven;
    isEven ||= sides !== 'as they come';
    return visit(step, madeEven);
  });
  return { isEven, results };
}
