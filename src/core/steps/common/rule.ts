/** The rule of a step: all facts about it, for every part that reads steps. */
import type { PictureSize } from '../../pictures/size.js';
import type { ChangeRule } from '../../pictures/change-detector.js';
import type { SkipRule, SkipState } from '../../pictures/skip.js';
import type { Codec, EncodeMode } from '../../frame/frame.js';
import type { Flag, OptionValues, OptionsByOwner } from './flag.js';
import type { z } from 'zod';

/** The access units of one message: a number, a length, or a GOP. */
export type Chunk = { readonly frames: number } | { readonly ms: number } | 'gop';

/** Gives access units. */
export interface GivesUnits {
  readonly mode: EncodeMode;
  /** Absent: each access unit is a value. */
  readonly chunk?: Chunk;
}

/** Makes them of pictures. */
export interface Encodes extends GivesUnits { readonly codec: Codec }

/** Output of a step. */
export type Gives<S> = S extends Encodes ? 'encoded' : S extends GivesUnits ? 'copied' : 'pictures';

/** Leaves pictures out by their media time; Node repeats that for each picture that ffmpeg has decoded. */
export interface ByTime<S> { byTime(step: S): SkipRule }

/** Leaves out pictures that look like the last one kept; a reference to that one may go in their place. */
export interface ByChange<S> {
  byChange(step: S): ChangeRule;
  withReferences(step: S): S;
}

/** Filters that the user has written: only ffmpeg knows whether they are valid, and what they return. */
export interface WrittenFilter {
  /** A chain of filters, as the user gave it. */
  readonly text: string;
  /** The option with its value, for errors. */
  readonly shown: string;
}

/** A step on the command line. */
export interface StepCli {
  readonly flags: readonly Flag[];
  /**
   * The operator's options from its flags; undefined: the step is not used.
   * @throws InvalidOption for flags that do not go together
   */
  options(own: OptionValues | undefined, all: OptionsByOwner): unknown;
}

/** One kind of step. Its kind is the name of its operator. */
export interface StepRule<S> {
  /** Schema of its operator's options. */
  readonly schema: z.ZodType;
  /**
   * The step, from options of its operator.
   * @throws InvalidOption
   */
  step(options: unknown): S;
  readonly gives: Gives<S>;
  /** Whether it can work on frames in Node, before ffmpeg gets them, and on which; `false`: always in ffmpeg. */
  readonly inNode: 'time' | 'pixels' | false;
  readonly leavesOut: 'nothing' | ByTime<S> | ByChange<S>;
  /** Sides of pictures: as they come; even and of one size, made so before the step; or made so by it. */
  readonly sides: 'as they come' | 'even before' | 'even after';
  /** Filters for ffmpeg's graph, in which media time is in µs. @param state - the state of a step by time, if a file is resumed */
  filters(step: S, state?: SkipState): readonly string[];
  /**
   * The size after it; absent: it stays.
   * @throws InvalidOption for a size that the step can't work on
   */
  resized?(size: PictureSize, step: S): PictureSize;
  /** Why `reuse` has to encode; absent: the source's own access units are sent if the size is the same. */
  readonly notReused?: string;
  /** Why only code can give it, and no configuration file, fleet or command line; absent: they can. */
  readonly onlyInCode?: string;
  /** The user's own filters in the step; absent: rxcam has written all of them. */
  written?(step: S): WrittenFilter;
  /** Defaults of its options. */
  readonly defaults: OptionValues;
  /** Options of the operator for the tests that compare ffmpeg, Node and the fake; the first suits any size. */
  readonly examples: readonly unknown[];
  readonly cli: StepCli;
}

/** A step that gives access units. */
export interface UnitRule<S extends GivesUnits> extends StepRule<S> {
  /** Quality settings that a frame states. */
  setting(step: S): { readonly crf?: number; readonly quality?: number };
  /** Frames from one keyframe to the next, if the step decides on that. */
  gop(step: S): number;
  readonly cli: StepCli & {
    /** Word for `--codec`. */
    readonly codec: string;
    /** Flags of other steps that it accepts too, by the option they set. */
    readonly shared: readonly string[];
  };
}

export type RuleOf<S> = S extends GivesUnits ? UnitRule<S> : StepRule<S>;
