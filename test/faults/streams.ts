/** Streams that are damaged or that change, made of footage. */
import { randomFillSync } from 'node:crypto';
import { run } from '../services/index.js';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/** A few pictures of a moving pattern. */
export interface PartOptions {
  /** Default 160x120. */
  readonly size?: string;
  /** Default 10. */
  readonly fps?: number;
  /** Default 10. */
  readonly frames?: number;
  /** Default yuv420p. */
  readonly pixelFormat?: string;
  /** `h264` (default) or `mjpeg`. */
  readonly codec?: 'h264' | 'mjpeg';
  /** ffmpeg's name of the container; default `mpegts`. */
  readonly container?: string;
  /** An expression for the time of each packet, as ffmpeg's setts takes it. */
  readonly times?: string;
  /** Where the time starts; seconds. Default 0. */
  readonly from?: number;
}

/** Such pictures, encoded; parts in `mpegts`, `mjpeg` or (by `joinedFlv`) `flv` can be put together. */
export async function part(options: PartOptions = {}): Promise<Buffer> {
  const { size = '160x120', fps = 10, frames = 10, pixelFormat = 'yuv420p', codec = 'h264', container = 'mpegts', times, from = 0 } = options;
  const encoder = codec === 'mjpeg' ? ['mjpeg', '-q:v', '4'] : ['libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '5'];
  return run('ffmpeg', [
    ...QUIET, '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${fps}`, '-frames:v', String(frames), '-pix_fmt', pixelFormat,
    '-c:v', ...encoder, ...(times === undefined ? [] : ['-bsf:v', `setts=ts='${times}'`]),
    '-output_ts_offset', String(from), '-muxdelay', '0', '-f', container, 'pipe:1',
  ]);
}

/** Header and first length of an FLV file; tags with times of their own follow. */
const FLV_HEAD = 13;

/** FLV files as one: the time is what each part says, and nothing corrects it. */
export function joinedFlv(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.map((one, index) => (index === 0 ? one : one.subarray(FLV_HEAD))));
}

/** H.264 in a transport stream, with neither SPS nor PPS anywhere. */
export async function withoutParameterSets(clip: string): Promise<Buffer> {
  const annexB = await run('ffmpeg', [...QUIET, '-i', clip, '-an', '-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'h264', 'pipe:1']);
  const kept = units(annexB).filter((unit) => ![7, 8].includes((unit[0] ?? 0) & 0x1f));
  const stripped = Buffer.concat(kept.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));
  return run('ffmpeg', [...QUIET, '-f', 'h264', '-framerate', '10', '-i', 'pipe:0', '-c', 'copy', '-f', 'mpegts', 'pipe:1'], stripped);
}

/** The NAL units of an Annex B stream. */
function units(stream: Buffer): Buffer[] {
  const starts: { at: number; body: number }[] = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    starts.push({ at: stream[at - 1] === 0 ? at - 1 : at, body: at + 3 });
  }
  return starts.map(({ body }, index) => stream.subarray(body, starts[index + 1]?.at));
}

const TS_PACKET = 188;
const VIDEO_PID = 0x100;

/** A transport stream whose pictures are noise from a share of it on: its packets are whole, what they carry is not. */
export function spoiled(stream: Buffer, from: number): Buffer {
  const copy = Buffer.from(stream);
  const first = Math.ceil((stream.length * from) / TS_PACKET) * TS_PACKET;
  for (let at = first; at + TS_PACKET <= copy.length; at += TS_PACKET) {
    const [, high = 0, low = 0, control = 0] = copy.subarray(at, at + 4);
    const isVideo = (((high & 0x1f) << 8) | low) === VIDEO_PID;
    const startsUnit = (high & 0x40) !== 0;
    const hasAdaptation = (control & 0x20) !== 0;
    if (!isVideo) continue;
    const header = 4 + (hasAdaptation ? 1 + (copy[at + 4] ?? 0) : 0) + (startsUnit ? 32 : 0);
    if (header < TS_PACKET) randomFillSync(copy, at + header, TS_PACKET - header);
  }
  return copy;
}
