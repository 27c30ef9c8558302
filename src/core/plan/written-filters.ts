/** The filters of a plan that the user has written, and the errors of those that do not do what is expected of them. */
import { InvalidOption } from '../errors/errors.js';
import type { Size } from '../pictures/size.js';
import { type Step, ruleOf } from '../steps/index.js';
import { type Plan, ffmpegSteps } from './plan.js';

const EACH_ONCE = 'expected each picture once, at its own media time';

export class WrittenFilters {
  constructor(readonly steps: readonly Step[]) {}

  /** @param what - `a picture at 40000 µs` */
  strayPicture(what: string): InvalidOption {
    return new InvalidOption(`${this.#given} given, after which ffmpeg returned ${what} that was not due; ${EACH_ONCE}`);
  }

  /** For a warning. */
  get leftOut(): string {
    return `${this.#given} has left out a picture; ${EACH_ONCE}: pictures left out count as dropped, with the cause filter`;
  }

  /** At the end of the pipeline, where sizes are known. */
  wrongSize(found: Size, expected: Size): InvalidOption {
    const shown = ({ width, height }: Size) => `${width}x${height}`;
    return new InvalidOption(`${this.#given} given, after which ffmpeg's pictures are ${shown(found)}, and ${shown(expected)} was expected; `
      + "expected option 'size' to return the size after the filter, and to be absent only if the size stays");
  }

  /** The error for a process that failed because of one of them. */
  refusal(stderr: readonly string[], cause: unknown): InvalidOption | undefined {
    for (const step of this.steps) {
      const { written } = ruleOf(step);
      const why = written?.refusal(step, stderr);
      if (why !== undefined) return new InvalidOption(`${written?.shown(step) ?? ''} given, which ffmpeg does not accept: ${why}`, { cause, stderr });
    }
    return undefined;
  }

  get #given(): string {
    return this.steps.map((step) => ruleOf(step).written?.shown(step)).join(', ');
  }
}

/** Undefined for a plan that has none. */
export function writtenFilters(plan: Plan): WrittenFilters | undefined {
  const steps = ffmpegSteps(plan).filter((step) => ruleOf(step).written !== undefined);
  return steps.length === 0 ? undefined : new WrittenFilters(steps);
}
