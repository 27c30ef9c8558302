/** The filter graph of a plan: makes media time rise, adds the heartbeat as a second output, then applies the steps in order. */
import { type FeedFormat, RESUME_TOLERANCE_US, type ResumePoint } from '../../core/engine/engine.js';
import { CROP_CORNER, EVEN_SIDES, MICROSECONDS, type Step, filtersOf, seenFilters } from '../../core/steps/index.js';
import { type Plan, changeRule, ffmpegSteps } from '../../core/plan/plan.js';
import type { Encoder, ExpectedPictures } from './encoder/index.js';
import { type Expected, paddingOf } from './expected.js';
import { mediaTimeExpression } from './media-time.js';
import { PACING } from './pace.js';
import type { StreamSelection } from '../stream/index.js';

/**
 * The graph for a camera: `[h]`, a heartbeat for each decoded picture, and `[v]`, the pictures that are kept.
 * With `resume`, `[v]` begins after that point; with `seekUs`, the input itself begins there.
 */
export function cameraGraph(
  plan: Plan, pixelFormat: string, encoder: Encoder | undefined, expected: Expected,
  { selection, live, paced = false, resume, seekUs = 0 }: SourceReading,
): string {
  const afterResume = resume === undefined ? [] : [`select='gt(pts,${resume.afterPts + RESUME_TOLERANCE_US})'`];
  const unchanged = changeRule(plan);
  const deinterlacing = deinterlaceFilters(selection);
  // A deinterlacer emits a picture when the next one arrives. The heartbeat does not wait for that, unless pictures are compared:
  // a comparison and its heartbeat must be of the same picture.
  const [before, after] = unchanged === undefined ? [[], deinterlacing] : [deinterlacing, []];
  return [
    `[0:V:${selection.stream}]${[...mediaTimeFilters(seekUs, live, paced), ...before].join(',')},split[b][a]`,
    `[b]${(unchanged === undefined ? [CROP_CORNER] : seenFilters(unchanged)).join(',')}[h]`,
    `[a]${[...after, ...afterResume, ...greyFilters(expected), ...filtersOf(plan.steps, resume?.skip), ...outputFilters(pixelFormat, encoder, expected)].join(',')}[v]`,
  ].join(';');
}

/** Filters that make media time rise, in µs, and pace the pictures if that is requested. */
function mediaTimeFilters(offset: number, live: boolean, paced: boolean): string[] {
  return [MICROSECONDS, `setpts='${mediaTimeExpression({ offset, live })}'`, ...(paced ? [PACING] : [])];
}

/** How a source is read, and the point at which it is resumed. */
interface SourceReading {
  readonly selection: StreamSelection;
  readonly live: boolean;
  readonly paced?: boolean | undefined;
  readonly resume?: ResumePoint | undefined;
  readonly seekUs?: number | undefined;
}

/** The graph for frames on stdin: `[v]`. Steps that Node applies are not in it: they skip frames before those are written to stdin. */
export function feedGraph(plan: Plan, format: FeedFormat, encoder: Encoder | undefined, expected: Expected): string {
  const before = [MICROSECONDS, ...pixelShapeFilters(format), ...colourFilters(format)];
  return `[0:v:0]${[...before, ...filtersOf(ffmpegSteps(plan)), ...outputFilters(format.pixelFormat, encoder, expected)].join(',')}[v]`;
}

/** Filters that turn a picture clockwise, by degrees. */
const TURNS: Readonly<Record<number, readonly string[]>> = { 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] };

/** The graph for a single picture of the access units on stdin, turned by `rotation` degrees clockwise: `[v]`. */
export function stillGraph(encoder: Encoder, rotation = 0): string {
  return `[0:v:0]${[MICROSECONDS, EVEN_SIDES, ...(TURNS[rotation] ?? []), ...outputFilters(encoder.pixelFormat, encoder)].join(',')}[v]`;
}

/** Filters that make one picture of two fields. bwdif halves the time base, which the last filter restores. */
function deinterlaceFilters({ fields }: StreamSelection): string[] {
  return fields === undefined ? [] : [`${EVEN_SIDES}:interl=-1`, `bwdif=mode=send_frame:deint=${fields}`, MICROSECONDS];
}

/** The graph for the access units on stdin: `[v]`, in which each picture keeps the time of its unit. */
export function decodeGraph(pixelFormat: string, steps: readonly Step[], encoder: Encoder | undefined, rotation = 0): string {
  // An encoder refuses a time that does not rise, but units whose times are out of order must give pictures too.
  const rising = "setpts='if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'";
  return `[0:v:0]${[MICROSECONDS, rising, ...(TURNS[rotation] ?? []), ...filtersOf(steps), ...outputFilters(pixelFormat, encoder)].join(',')}[v]`;
}

/** Filters that convert grey of limited range to 4:2:0, which ffmpeg assumes to be limited, so that its levels stay. */
function greyFilters({ isLimitedGrey }: Expected): string[] {
  return isLimitedGrey ? ['scale=flags=bilinear', 'format=yuv420p'] : [];
}

/**
 * Filters for the output's pixel format. Pixels of unknown shape are set to square, so that the same pictures give the same bytes in
 * the camera's ffmpeg and on frames.
 */
function outputFilters(pixelFormat: string, encoder: Encoder | undefined, { pictures }: Partial<Expected> = {}): string[] {
  if (encoder === undefined) return [`format=${pixelFormat}`];
  const { conversion, pixelFormat: inputFormat, filters = [] } = encoder;
  return ['setsar=sar', ...(conversion === undefined ? [] : [conversion]), `format=${inputFormat}`, ...paddingFilters(encoder, pictures), ...filters];
}

/** Filters that add black to the right and below, which the stream's cropping removes. */
function paddingFilters(encoder: Encoder, pictures: ExpectedPictures = {}): string[] {
  const padding = paddingOf(encoder, pictures);
  if (padding === undefined) return [];
  return [`pad=iw+${padding.width}:ih+${padding.height}`];
}

/** Filters that set the shape of pixels, which raw video does not state. */
function pixelShapeFilters({ sampleAspectRatio }: FeedFormat): string[] {
  return sampleAspectRatio === undefined || !/^\d+:\d+$/.test(sampleAspectRatio) ? [] : [`setsar=${sampleAspectRatio.replace(':', '/')}`];
}

/** Filters that set the source's colour description, which raw video does not state. */
function colourFilters({ color, pixelFormat }: FeedFormat): string[] {
  if (color === undefined || !['yuv420p', 'nv12'].includes(pixelFormat)) return [];
  const named = { range: color.range && 'tv', colorspace: color.space, color_primaries: color.primaries, color_trc: color.transfer };
  const set = Object.entries(named).filter(([, value]) => value !== undefined && /^[\w-]+$/.test(value) && value !== 'unknown');
  return set.length === 0 ? [] : [`setparams=${set.map(([key, value]) => `${key}=${value ?? ''}`).join(':')}`];
}
