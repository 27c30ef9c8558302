/** The filters of a plan that the user has written, and the errors for those that ffmpeg refuses or that lose pictures. */
import { InvalidOption, type RxcamError } from '../errors/errors.js';
import type { Size } from '../pictures/size.js';
import type { WrittenFilter } from '../steps/common/rule.js';
import { ruleOf } from '../steps/index.js';
import { type Plan, ffmpegSteps } from './plan.js';

const EACH_ONCE = 'expected each picture once, at its own media time';

export class WrittenFilters {
  /** @param filters - one for each step that has some, in the order of the plan */
  constructor(readonly filters: readonly WrittenFilter[]) {}

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

  /** @param why - the reason in ffmpeg's log */
  notAccepted({ shown }: WrittenFilter, why: string, cause: RxcamError): InvalidOption {
    return new InvalidOption(`${shown} given, which ffmpeg does not accept: ${why}`, { cause, stderr: cause.stderr });
  }

  get #given(): string {
    return this.filters.map(({ shown }) => shown).join(', ');
  }
}

/** Undefined for a plan that has none. */
export function writtenFilters(plan: Plan): WrittenFilters | undefined {
  const filters = ffmpegSteps(plan).flatMap((step) => ruleOf(step).written?.(step) ?? []);
  return filters.length === 0 ? undefined : new WrittenFilters(filters);
}
