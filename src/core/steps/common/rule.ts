/** The rule of a step: all facts about it, for every part that reads steps. */
import type { PictureSize } from '../../pictures/size.js';
import type { ChangeRule } from '../../pictures/change-detector.js';
import type { SkipRule, SkipState } from '../../pictures/skip.js';
import type { Codec, EncodeMode } from '../../frame/frame.js';
import type { Flag, OptionValues, OptionsByOwner } from './flag.js';
import type { z } from 'zod';

/** The access units of one message: a number, a length, or a GOP. */
export type Chunk = { readonly frames: number } | { readonly ms: number } | 'gop';

/** A step that outputs access units. */
export interface GivesUnits {
  readonly mode: EncodeMode;
  /** Absent: each access unit is a value. */
  readonly chunk?: Chunk;
}

/** A step that encodes pictures. */
export interface Encodes extends GivesUnits { readonly codec: Codec }

/** Output of a step: encoded pictures, the source's own access units, or pictures. */
export type Gives<S> = S extends Encodes ? 'encoded' : S extends GivesUnits ? 'copied' : 'pictures';

/** The step leaves pictures out by their media time. Node applies the same rule to each picture that ffmpeg has decoded. */
export interface ByTime<S> { byTime(step: S): SkipRule }

/** The step leaves out pictures that look like the last one kept; a reference to that one may replace each. */
export interface ByChange<S> {
  byChange(step: S): ChangeRule;
  withReferences(step: S): S;
}

/** Filters that the user has written: only ffmpeg knows whether they are valid, and what they return. */
export interface WrittenFilter {
  /** A chain of filters, as the user wrote it. */
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
  /** Output of the step. */
  readonly gives: Gives<S>;
  /** The part of a frame that it needs to work in Node, before ffmpeg gets the frame; `false`: it always works in ffmpeg. */
  readonly inNode: 'time' | 'pixels' | false;
  /** The pictures that it leaves out. */
  readonly leavesOut: 'nothing' | ByTime<S> | ByChange<S>;
  /** Sides of pictures: as they come; even and of one size, made so before the step; or made so by it. */
  readonly sides: 'as they come' | 'even before' | 'even after';
  /**
   * Filters for ffmpeg's graph, in which media time is in µs.
   * @param state - state of a step that leaves pictures out by time, if a file is resumed
   */
  filters(step: S, state?: SkipState): readonly string[];
  /**
   * The size of pictures after the step; absent: the size stays.
   * @throws InvalidOption for a size that the step can't work on
   */
  resized?(size: PictureSize, step: S): PictureSize;
  /** Why `reuse` must encode after this step; absent: the source's own access units are sent if the size is the same. */
  readonly notReused?: string;
  /** Why only code may use the step; absent: configuration files, fleets and the command line may use it too. */
  readonly onlyInCode?: string;
  /** The user's own filters in the step; absent: rxcam has written all of them. */
  written?(step: S): WrittenFilter;
  /** Defaults of its options. */
  readonly defaults: OptionValues;
  /** Options of the operator for the tests that compare ffmpeg, Node and the fake engine; the first suits any size. */
  readonly examples: readonly unknown[];
  /** The step on the command line. */
  readonly cli: StepCli;
}

/** The rule of a step that outputs access units. */
export interface UnitRule<S extends GivesUnits> extends StepRule<S> {
  /** Quality settings that a frame states. */
  setting(step: S): { readonly crf?: number; readonly quality?: number };
  /** Largest number of frames from one keyframe to the next; Infinity if the source decides. */
  gop(step: S): number;
  readonly cli: StepCli & {
    /** Word for `--codec`. */
    readonly codec: string;
    /** Flags of other steps that it accepts as well, by the options that they set. */
    readonly shared: readonly string[];
  };
}

export type RuleOf<S> = S extends GivesUnits ? UnitRule<S> : StepRule<S>;

/** Whether a step leaves pictures out by their media time. */
export function isByTime<S>(leavesOut: StepRule<S>['leavesOut']): leavesOut is ByTime<S> {
  return typeof leavesOut === 'object' && 'byTime' in leavesOut;
}

/** Whether a step leaves unchanged pictures out. */
export function isByChange<S>(leavesOut: StepRule<S>['leavesOut']): leavesOut is ByChange<S> {
  return typeof leavesOut === 'object' && 'byChange' in leavesOut;
}
