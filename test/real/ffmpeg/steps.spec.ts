/**
 * Every step does the same in ffmpeg with the camera, in Node or a child on frames out of user code, and in the fake engine:
 * as many pictures, and of the same sizes. The steps and their options come from the table of steps.
 */
import { type Observable, type OperatorFunction, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { STEPS, STEP_KINDS, type Step, type StepKind, type StepRule } from '../../../src/core/steps/index.js';
import { type Camera, type EncodedFrame, type Frame, InvalidOption, camera } from '../../../src/index.js';
import * as operators from '../../../src/index.js';
import { footage, threeQuestions } from '../../services/index.js';

/** Still, so that skipUnchanged finds something to leave out. */
const FOOTAGE = { width: 642, height: 362, seconds: 2, fps: 25, gop: 50, motion: false, noise: 0 } as const;
const PICTURES = FOOTAGE.seconds * FOOTAGE.fps;

type Value = Frame | EncodedFrame;
type Steps = readonly (readonly [kind: StepKind, options: unknown])[];

/** The output, and the counts of all pictures. */
interface Outcome {
  readonly values: readonly string[];
  readonly captured: number;
  readonly skipped: number;
  readonly delivered: number;
}

const operatorOf = ([kind, options]: Steps[number]) => (operators[kind] as (given: unknown) => OperatorFunction<Value, Value>)(options);
const piped = (source$: Observable<Value>, steps: Steps) => steps.reduce((before$, step) => before$.pipe(operatorOf(step)), source$);
const outOfCode = map((value: Value) => value);

function outcome({ stats: { captured, skipped, delivered } }: Camera, values: readonly Value[]): Outcome {
  return {
    values: values.map((value) => [value.seq, `${value.width}x${value.height}`, ...('frames' in value ? [value.frames, value.keyframe] : [])].join(' ')),
    captured, skipped, delivered,
  };
}

async function real(steps: Steps, ...before: readonly OperatorFunction<Value, Value>[]): Promise<Outcome> {
  const gate = camera(await footage(FOOTAGE));
  const source$ = before.reduce<Observable<Value>>((frames$, operator) => frames$.pipe(operator), gate);
  const found = outcome(gate, await lastValueFrom(piped(source$, steps).pipe(toArray())));
  await threeQuestions({ stats: gate.stats });
  return found;
}

/** A picture each 40 ms, each like the first; which begins the only GOP. */
function fake(steps: Steps): Outcome {
  const { width, height, fps } = FOOTAGE;
  const gate = fakeCamera(`k${' 39ms u'.repeat(PICTURES - 1)}|`, { live: false, size: { width, height }, fps });
  let values: readonly Value[] = [];
  marbles(({ flush }) => {
    piped(gate, steps).pipe(toArray()).subscribe((all) => { values = all; });
    flush();
  });
  return outcome(gate, values);
}

const examplesOf = (kind: StepKind): readonly unknown[] => STEPS[kind].examples;
const PICTURE_STEPS = STEP_KINDS.filter((kind) => STEPS[kind].gives === 'pictures');

/** Whether steps may follow each other so. */
function isAllowed(steps: Steps): boolean {
  try {
    piped(fakeCamera(), steps);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOption);
    return false;
  }
}

async function agree(steps: Steps): Promise<void> {
  const fused = await real(steps);
  expect(fused.captured).toBe(PICTURES);
  expect(fused.skipped + fused.delivered).toBe(PICTURES);
  expect(await real(steps, outOfCode)).toEqual(fused);
  expect(fake(steps)).toEqual(fused);
}

describe.each(STEP_KINDS)('%s', (kind) => {
  const rule = STEPS[kind] as StepRule<Step>;

  it('has examples, and the kind that it is looked up by', () => {
    expect(rule.examples).not.toEqual([]);
    for (const options of rule.examples) expect(rule.step(options)).toMatchObject({ kind });
  });

  if (rule.gives === 'copied') {
    it.each(rule.examples)('with %j is the same in ffmpeg and in the fake, and takes no pictures out of user code', async (options) => {
      const found = await real([[kind, options]]);
      expect(found.captured).toBe(PICTURES);
      expect(fake([[kind, options]])).toEqual(found);
      expect(() => piped(camera('test:').pipe(outOfCode), [[kind, options]])).toThrow(InvalidOption);
    });
  } else {
    it.each(rule.examples)('with %j is the same in ffmpeg, on frames out of user code, and in the fake', async (options) => {
      await agree([[kind, options]]);
    });
  }
});

describe.each(PICTURE_STEPS)('%s before another step', (kind) => {
  const [options] = examplesOf(kind);

  it.each(STEP_KINDS.filter((next) => STEPS[next].gives !== 'copied'))('%s is the same in each way, or refused where a picture that has changed would be left out', async (next) => {
    const steps = [[kind, options], [next, examplesOf(next)[0]]] as const;
    const leaves = (one: StepKind) => STEPS[one].leavesOut;
    const isRefused = Object.hasOwn(Object(leaves(kind)), 'byChange') && leaves(next) !== 'nothing';
    expect(isAllowed(steps)).toBe(!isRefused);
    if (!isRefused) await agree(steps);
  });

  it.each(STEP_KINDS.filter((next) => STEPS[next].gives === 'copied'))('refuses %s', (next) => {
    expect(isAllowed([[kind, options], [next, examplesOf(next)[0]]])).toBe(false);
  });
});
