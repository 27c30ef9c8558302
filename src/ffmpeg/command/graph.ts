/** The filter graph of a plan: makes media time rise, splits the heartbeat off, then applies the steps in order. */
import { type FeedFormat, RESUME_TOLERANCE_US, type ResumePoint } from '../../core/engine/engine.js';
import { CROP_CORNER, EVEN_SIDES, MICROSECONDS, type Step, filtersOf, seenFilters } from '../../core/steps/index.js';
import { type Plan, changeRule, ffmpegSteps } from '../../core/plan/plan.js';
import type { Encoder, ExpectedPictures } from './encoder/index.js';
import { type Expected, paddingOf } from './expected.js';
import { mediaTimeExpression } from './media-time.js';
import { PACING } from './pace.js';
import type { StreamSelection } from '../stream/index.js';

/**
 * The graph for a camera: `[h]`, a small packet for each decoded picture, and `[v]`, the pictures that are kept.
 * With `resume`, `[v]` continues after a picture that was decoded earlier; with `seekUs`, the input begins there.
 */
export function cameraGraph(
  plan: Plan, pixelFormat: string, encoder: Encoder | undefined, expected: Expected,
  { reading, live, paced = false, resume, seekUs = 0 }: SourceRead,
): string {
  const behind = resume === undefined ? [] : [`select='gt(pts,${resume.afterPts + RESUME_TOLERANCE_US})'`];
  const unchanged = changeRule(plan);
  const fields = fieldFilters(reading);
  // They emit a picture when the next one arrives. A heartbeat does not wait for that, except for a comparison, which needs it in step.
  const [before, after] = unchanged === undefined ? [[], fields] : [fields, []];
  return [
    `[0:V:${reading.stream}]${[...timed(seekUs, live, paced), ...before].join(',')},split[b][a]`,
    `[b]${(unchanged === undefined ? [CROP_CORNER] : seenFilters(unchanged)).join(',')}[h]`,
    `[a]${[...after, ...behind, ...coloured(expected), ...filtersOf(plan.steps, resume?.skip), ...last(pixelFormat, encoder, expected)].join(',')}[v]`,
  ].join(';');
}

/** Media time in µs that rises, and pictures at their own pace if that is requested. */
function timed(offset: number, live: boolean, paced: boolean): string[] {
  return [MICROSECONDS, `setpts='${mediaTimeExpression({ offset, live })}'`, ...(paced ? [PACING] : [])];
}

/** The read options of a source, and the point at which it is resumed. */
interface SourceRead {
  readonly reading: StreamSelection;
  readonly live: boolean;
  readonly paced?: boolean | undefined;
  readonly resume?: ResumePoint | undefined;
  readonly seekUs?: number | undefined;
}

/** The graph for frames on stdin: `[v]`. Frames are skipped before they are written to stdin. */
export function feedGraph(plan: Plan, format: FeedFormat, encoder: Encoder | undefined, expected: Expected): string {
  const before = [MICROSECONDS, ...shape(format), ...colour(format)];
  return `[0:v:0]${[...before, ...filtersOf(ffmpegSteps(plan)), ...last(format.pixelFormat, encoder, expected)].join(',')}[v]`;
}

/** Filters that turn a picture clockwise, by degrees. */
const TURNS: Readonly<Record<number, readonly string[]>> = { 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] };

/** The graph for access units on stdin, with pictures turned by `rotation` degrees clockwise: `[v]`. */
export function stillGraph(encoder: Encoder, rotation = 0): string {
  return `[0:v:0]${[MICROSECONDS, EVEN_SIDES, ...(TURNS[rotation] ?? []), ...last(encoder.pixelFormat, encoder)].join(',')}[v]`;
}

/** Makes one picture of two fields; its time base is half a µs. */
function fieldFilters({ fields }: StreamSelection): string[] {
  return fields === undefined ? [] : [`${EVEN_SIDES}:interl=-1`, `bwdif=mode=send_frame:deint=${fields}`, MICROSECONDS];
}

/** The graph for access units on stdin, each of which keeps its time: `[v]`. */
export function decodeGraph(pixelFormat: string, steps: readonly Step[], encoder: Encoder | undefined, rotation = 0): string {
  // Units whose times are out of order give pictures too: an encoder refuses a time that does not rise.
  const rising = "setpts='if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'";
  return `[0:v:0]${[MICROSECONDS, rising, ...(TURNS[rotation] ?? []), ...filtersOf(steps), ...last(pixelFormat, encoder)].join(',')}[v]`;
}

/** Grey of limited range becomes 4:2:0, which keeps its levels and is assumed to be limited. */
function coloured({ isLimitedGrey }: Expected): string[] {
  return isLimitedGrey ? ['scale=flags=bilinear', 'format=yuv420p'] : [];
}

/** Pixels of unknown shape are set to square, so that the same pictures give the same bytes in the camera's ffmpeg and in Node. */
function last(pixelFormat: string, encoder: Encoder | undefined, { pictures }: Partial<Expected> = {}): string[] {
  if (encoder === undefined) return [`format=${pixelFormat}`];
  const { conversion, pixelFormat: taken, filters = [] } = encoder;
  return ['setsar=sar', ...(conversion === undefined ? [] : [conversion]), `format=${taken}`, ...padded(encoder, pictures), ...filters];
}

/** Black to the right and below, which the stream's cropping removes. */
function padded(encoder: Encoder, pictures: ExpectedPictures = {}): string[] {
  const padding = paddingOf(encoder, pictures);
  if (padding === undefined) return [];
  return [`pad=iw+${padding.width}:ih+${padding.height}`];
}

/** Sets the shape of pixels, which raw video does not state. */
function shape({ sampleAspectRatio }: FeedFormat): string[] {
  return sampleAspectRatio === undefined || !/^\d+:\d+$/.test(sampleAspectRatio) ? [] : [`setsar=${sampleAspectRatio.replace(':', '/')}`];
}

/** Sets the source's colour description, which raw video does not carry. */
function colour({ color, pixelFormat }: FeedFormat): string[] {
  if (color === undefined || !['yuv420p', 'nv12'].includes(pixelFormat)) return [];
  const named = { range: color.range && 'tv', colorspace: color.space, color_primaries: color.primaries, color_trc: color.transfer };
  const set = Object.entries(named).filter(([, value]) => value !== undefined && /^[\w-]+$/.test(value) && value !== 'unknown');
  return set.length === 0 ? [] : [`setparams=${set.map(([key, value]) => `${key}=${value ?? ''}`).join(':')}`];
}
