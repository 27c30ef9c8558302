/**
 * The steps of a plan: one module each, and two lines here, in `Step` and in `STEPS`. Every part that reads steps looks them up in
 * STEPS, which names every kind: a missing one does not compile. The command line applies them in this order.
 */
import { type CropStep, cropRule } from './crop.js';
import { type EncodeH265Step, encodeH265Rule } from './encode-h265.js';
import { type EncodeJpegStep, encodeJpegRule } from './encode-jpeg.js';
import { type PassthroughStep, passthroughRule } from './passthrough.js';
import { type ResizeStep, resizeRule } from './resize.js';
import type { Encodes, GivesUnits, RuleOf, StepRule, UnitRule } from './common/rule.js';
import { type SkipRateStep, skipRateRule } from './skip-rate.js';
import { type SkipUnchangedStep, skipUnchangedRule } from './skip-unchanged.js';
import { type VideoFilterStep, videoFilterRule } from './video-filter.js';

/** One step of a plan, as operators write it and engines read it. */
export type Step = SkipRateStep | CropStep | ResizeStep | VideoFilterStep | SkipUnchangedStep | EncodeH265Step | EncodeJpegStep | PassthroughStep;

/** A step that outputs access units: if a plan has one, it is the last. */
export type UnitStep = Extract<Step, GivesUnits>;
/** A step that encodes pictures. */
export type EncodeStep = Extract<Step, Encodes>;

/** Name of a step, and of its operator. */
export type StepKind = Step['kind'];
/** The step of a kind: `StepOf<'resize'>`. */
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;

/** The rule of each kind of step. */
export const STEPS: { readonly [K in StepKind]: RuleOf<StepOf<K>> } = {
  skipRate: skipRateRule,
  crop: cropRule,
  resize: resizeRule,
  videoFilter: videoFilterRule,
  skipUnchanged: skipUnchangedRule,
  encodeH265: encodeH265Rule,
  encodeJpeg: encodeJpegRule,
  passthrough: passthroughRule,
};

/** The kinds of steps, in the order of `STEPS`. */
export const STEP_KINDS = Object.keys(STEPS) as readonly StepKind[];

/** The rule of a step. */
export function ruleOf(step: UnitStep): UnitRule<UnitStep>;
export function ruleOf(step: Step): StepRule<Step>;
export function ruleOf({ kind }: Step): StepRule<Step> {
  return STEPS[kind];
}
