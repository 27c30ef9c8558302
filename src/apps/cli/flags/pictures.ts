/** Flags of the steps. */
import { STEPS, STEP_KINDS, type StepKind, type UnitRule, type UnitStep } from '../../../core/steps/index.js';
import type { Flag, FlagGroup } from './flag-group.js';

/** The steps that emit access units, by the value of `--codec`. The first is the default. */
export const CODECS: ReadonlyMap<string, UnitStep['kind']> = new Map(STEP_KINDS.flatMap((kind) => (
  STEPS[kind].gives === 'pictures' ? [] : [[(STEPS[kind] as UnitRule<UnitStep>).cli.codec, kind as UnitStep['kind']] as const]
)));

/** The steps on pictures, in the order in which they are applied. */
export const PICTURE_STEPS: readonly StepKind[] = STEP_KINDS.filter((kind) => STEPS[kind].gives === 'pictures');

const flagsOf = (kinds: Iterable<StepKind>): Flag[] => [...kinds].flatMap((kind) => STEPS[kind].cli.flags);

export const pictureFlags: FlagGroup = {
  heading: 'Pictures:',
  flags: [
    ...flagsOf(PICTURE_STEPS),
    {
      flags: '--codec <codec>', sets: 'stream.codec', defaultText: [...CODECS.keys()][0],
      about: `output: ${[...CODECS.keys()].join(', ')}; 'copy' passes the source's own access units on, without decoding`,
    },
    ...flagsOf(CODECS.values()),
  ],
};
