/** Applies the rules of `skipRate` and `skipUnchanged` in Node, before a child gets a frame. */
import { ChangeDetector } from '../../core/pictures/change-detector.js';
import type { Frame } from '../../core/frame/frame.js';
import { type Plan, changeRule, skipRules } from '../../core/plan/plan.js';
import { SkipChain, type SkipRule } from '../../core/pictures/skip.js';

/** The verdict on a frame: the reason to skip it; or its `similarity` to the last one, if a reference replaces it; or neither. */
export interface FilterResult { readonly skip?: 'rate' | 'unchanged'; readonly similarity?: number }

export class FrameFilter {
  readonly #skipChain: SkipChain;
  readonly #detector: ChangeDetector | undefined;

  constructor(plan: Plan) {
    const change = changeRule(plan);
    this.#skipChain = new SkipChain(skipRules(plan));
    this.#detector = change && new ChangeDetector(change);
  }

  /** The rules of `skipRate`, in order. */
  get rules(): readonly SkipRule[] { return this.#skipChain.rules; }

  filter(frame: Frame): FilterResult {
    if (!this.#skipChain.keep(frame.pts)) return { skip: 'rate' };
    const similarity = this.#detector?.similarityIfSkipped(frame);
    if (similarity === undefined) return {};
    return this.#detector?.rule.references === true ? { similarity } : { skip: 'unchanged' };
  }

  /** Called when a kept frame is lost: the next one is kept even if it is unchanged. */
  forget(): void {
    this.#detector?.forget();
  }
}
