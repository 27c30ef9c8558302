/** Applies the rules of `skipRate` and `skipUnchanged` in Node, before a child gets a frame. */
import { ChangeDetector } from '../../core/pictures/change-detector.js';
import type { Frame } from '../../core/frame/frame.js';
import { type Plan, changeRule, skipRules } from '../../core/plan/plan.js';
import { SkipChain, type SkipRule } from '../../core/pictures/skip.js';

/** `similarity` is set if a reference replaces the frame. */
export interface FilterResult { readonly skip?: 'rate' | 'unchanged'; readonly similarity?: number }

export class FrameFilter {
  readonly #chain: SkipChain;
  readonly #detector: ChangeDetector | undefined;

  constructor(plan: Plan) {
    const change = changeRule(plan);
    this.#chain = new SkipChain(skipRules(plan));
    this.#detector = change && new ChangeDetector(change);
  }

  /** The rules of `skipRate`, in order. */
  get rules(): readonly SkipRule[] { return this.#chain.rules; }

  judge(frame: Frame): FilterResult {
    if (!this.#chain.keep(frame.pts)) return { skip: 'rate' };
    const similarity = this.#detector?.likeness(frame);
    if (similarity === undefined) return {};
    return this.#detector?.rule.references === true ? { similarity } : { skip: 'unchanged' };
  }

  /** A frame that was kept is lost: the next one is always kept. */
  forget(): void {
    this.#detector?.forget();
  }
}
