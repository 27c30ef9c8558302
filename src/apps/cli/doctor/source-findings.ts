/** The findings about a source, line by line. */
import { availableParallelism } from 'node:os';
import type { ClockDifference } from '../../../core/clock.js';
import type { SourceInfo } from '../../../core/frame/frame.js';
import { clockFinding } from './clock.js';
import { type Finding, failedFinding } from './finding.js';
import type { PictureInspection } from './picture-inspector.js';
import type { SourceFacts } from './source.js';

/** Time to the first picture above which there is a line of advice; ms. */
const LATE_MS = 10_000;
/** Share of the stated rate below which the source counts as slow, or as too slow. */
const SLOW_SHARE = 0.8;
const TOO_SLOW_SHARE = 0.5;
/** Length of a GOP above which viewers, and rxcam after a reconnect, wait too long for a keyframe; seconds. */
const LONG_GOP_S = 4;

/** Highest level of black, which is 0 or 16, plus some noise. */
const DARK_LEVEL = 32;
/** Largest difference of levels within one grey, which noise causes. */
const FLAT_RANGE = 12;

/** `h264 1920x1080, 25 fps`. */
export function streamInWords({ codec = 'unknown codec', width, height, fps, fpsMeasured, pixelFormat, interlaced, rotation, durationSeconds }: SourceInfo): string {
  const words = [
    `${codec}${width === undefined || height === undefined ? '' : ` ${width}x${height}`}`,
    fps === undefined ? 'no rate stated' : `${rounded(fps)} fps${fpsMeasured === true ? ' (measured)' : ''}`,
    pixelFormat, interlaced === true ? 'interlaced' : undefined, rotation === undefined || rotation === 0 ? undefined : `turned by ${rotation}°`,
    durationSeconds === undefined ? undefined : `${rounded(durationSeconds)} s long`,
  ];
  return words.filter((word) => word !== undefined).join(', ');
}

/** The findings, in the order in which they depend on each other: after a bad one, others may be missing. */
export function sourceFindings(facts: SourceFacts): Finding[] {
  const { resolved, info, openedMs, firstPictureMs, measuredFps, gop, decodeMs, fits, clock, look, error, warnings } = facts;
  const found: Finding[] = [];
  if (resolved !== undefined) found.push({ name: 'source name', state: 'ok', found: `${resolved.host} is ${resolved.addresses.join(', ')} (${rounded(resolved.ms)} ms)`, facts: resolved });
  const answered = `it answered in ${rounded(openedMs ?? 0)} ms`;
  if (info !== undefined) found.push({ name: 'source stream', state: 'ok', found: `${streamInWords(info)}; ${answered}`, facts: { ...info } });
  if (clock !== undefined) found.push(cameraClock(clock));
  for (const warning of warnings) found.push({ name: 'source', state: 'note', found: warning });
  if (firstPictureMs !== undefined) found.push(pictureFinding(firstPictureMs, measuredFps, info));
  if (error !== undefined) return [...found, failedFinding(info === undefined ? 'source' : 'source pictures', error)];
  if (look !== undefined) found.push(lookFinding(look));
  found.push(gopFinding(gop, info?.fps ?? measuredFps));
  if (decodeMs !== undefined) found.push(costFinding(decodeMs, fits, info?.fps ?? measuredFps));
  return found;
}

/** The finding about the camera's clock. It is never bad, because pictures get the time of this machine. */
function cameraClock(clock: ClockDifference): Finding {
  const finding = clockFinding('source clock', clock, 'the source', 'the time that a camera writes into its pictures is wrong; rxcam stamps pictures with the time of this machine');
  return finding.state === 'bad' ? { ...finding, state: 'note' } : finding;
}

function pictureFinding(firstPictureMs: number, measuredFps: number | undefined, info: SourceInfo | undefined): Finding {
  const rate = measuredFps === undefined ? '' : `; ${rounded(measuredFps)} pictures a second arrived`;
  const found = `the first after ${rounded(firstPictureMs)} ms${rate}`;
  const facts = { firstPictureMs, measuredFps };
  const name = 'source pictures';
  if (firstPictureMs > LATE_MS) return { name, state: 'note', found, facts, advice: 'shorten the distance of keyframes (GOP, I-frame interval) in the camera' };
  const share = measuredFps === undefined || info?.fps === undefined || info.fpsMeasured === true ? 1 : measuredFps / info.fps;
  return share < SLOW_SHARE ? { name, state: share < TOO_SLOW_SHARE ? 'bad' : 'note', found, facts, advice: `the source states ${rounded(info?.fps ?? 0)}: check the network, and the CPU of this machine` } : { name, state: 'ok', found, facts };
}

/** The finding about the contents of the pictures. */
function lookFinding(look: PictureInspection): Finding {
  const { pictures, darkest, brightest, isStill } = look;
  const [name, facts] = ['source look', { ...look }];
  const what = brightest <= DARK_LEVEL ? 'almost black' : brightest - darkest <= FLAT_RANGE ? 'of one brightness' : undefined;
  const found = `${what === undefined ? '' : `${what}, `}brightness ${darkest} to ${brightest} of 255${isStill ? `; ${pictures} pictures of ${pictures} look the same` : ''}`;
  if (what !== undefined) return { name, state: 'bad', found, facts, advice: 'look at rxcam snapshot: a cap on the lens, no light, the wrong input of a recorder, or a broken sensor' };
  return { name, state: isStill ? 'note' : 'ok', found, facts, ...(isStill && { advice: 'if the scene moves, the camera or its recorder hangs or has no signal: look at rxcam snapshot, and restart it' }) };
}

function gopFinding(gop: number | undefined, fps: number | undefined): Finding {
  const name = 'source GOP';
  if (gop === undefined) return { name, state: 'note', found: 'unknown: no second keyframe arrived, or access units of this codec are not passed on' };
  const seconds = fps === undefined ? undefined : gop / fps;
  const found = `a keyframe every ${gop} pictures${seconds === undefined ? '' : `, ${rounded(seconds)} s`}`;
  const isLong = seconds !== undefined && seconds > LONG_GOP_S;
  return { name, state: isLong ? 'note' : 'ok', found, facts: { gop, seconds }, ...(isLong && { advice: 'a reconnect waits for a keyframe: shorten the GOP (I-frame interval) in the camera' }) };
}

function costFinding(decodeMs: number, fits: number | undefined, fps: number | undefined): Finding {
  if (decodeMs === 0) return { name: 'source cost', state: 'ok', found: 'decoding takes too little CPU to be measured in this time', facts: { decodeMs } };
  const share = fps === undefined ? '' : `, ${rounded(decodeMs * fps / 10)} % of a core at ${rounded(fps)} fps`;
  const many = fits === undefined ? '' : `; this machine (${availableParallelism()} cores) decodes ${fits === 0 ? 'none' : `about ${fits}`} such`;
  return {
    name: 'source cost', state: fits === 0 ? 'bad' : 'ok', found: `decoding takes ${rounded(decodeMs)} ms of CPU a picture${share}${many}`, facts: { decodeMs, fits },
    ...(fits === 0 && { advice: 'take the sub stream of the camera, or fewer pictures a second' }),
  };
}

/** The value with two significant digits. */
function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}
