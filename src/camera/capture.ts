/** Capture: an Observable with a plan, so that its operators become one ffmpeg command. */
import { Observable } from 'rxjs';
import { execute } from './execute.js';
import type { ChangedFrame, Frame } from '../core/frame/frame.js';
import { type Step, ruleOf } from '../core/steps/index.js';
import { type Plan, ffmpegSteps, withStep } from '../core/plan/plan.js';

/** The property that holds a Capture's plan; a global symbol, so that several copies of rxcam recognise it. */
const PLAN: unique symbol = Symbol.for('rxcam.plan') as never;

/**
 * An Observable of frames or access units with a plan. rxcam's operators extend the plan; any other operator
 * returns an ordinary Observable. Each subscription runs the plan.
 */
export class Capture<T> extends Observable<T> {
  readonly [PLAN]: Plan;

  constructor(plan: Plan) {
    super((subscriber) => (execute(plan) as Observable<T>).subscribe(subscriber));
    this[PLAN] = plan;
  }

  /** The origin and the steps. */
  get plan(): Plan {
    return this[PLAN];
  }
}

/** The plan of a Capture; undefined for any other Observable. */
export function planOf(source: Observable<unknown>): Plan | undefined {
  return (source as Partial<Capture<unknown>>)[PLAN];
}

/** An operator that keeps the kind of frames: a changed frame stays one. */
export type FrameOperator = <F extends Frame>(source: Observable<F>) => Observable<F extends ChangedFrame ? ChangedFrame : Frame>;

/** A Capture with one more step; for an ordinary Observable of frames, a Capture that starts with those frames. */
export function withStepOn<T>(source: Observable<Frame>, step: Step): Capture<T> {
  const framesPlan: Plan = { origin: { kind: 'frames', frames$: source }, steps: [] };
  const plan = planOf(source) ?? framesPlan;
  // The step reads pixels in Node, so the output of the child before it is the input of another stage.
  const needsFrames = plan.origin.kind === 'frames' && ruleOf(step).inNode === 'pixels' && ffmpegSteps(plan).length > 0;
  return new Capture<T>(withStep(needsFrames ? framesPlan : plan, step));
}
