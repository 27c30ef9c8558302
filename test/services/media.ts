/** Footage that ffmpeg creates and the cache keeps, and checks that video is whole and looks like its source. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from './cache.mjs';
import { run } from './process.js';

export interface FootageOptions {
  /** Default 2. */
  seconds?: number;
  /** Default 640. */
  width?: number;
  /** Default 360. */
  height?: number;
  /** Default 25. */
  fps?: number;
  /** Frames from one keyframe to the next, default 50. */
  gop?: number;
  /** Default 'h264'. */
  codec?: 'h264' | 'h265' | 'mjpeg';
  /** Strength of the noise, 0 to 100, default 4. */
  noise?: number;
  /** `false`: a still picture (with its noise). `'half'`: the first half of the time is still. Default true. */
  motion?: boolean | 'half';
  /** Changes to this size half way and back at three quarters (in MPEG-TS). */
  switchResolution?: { width: number; height: number };
  /** Default 0. */
  bframes?: number;
  /** Adds a sound track. Default false. */
  sound?: boolean;
  /** Constant rate factor, default 18. */
  crf?: number;
  /** Default 'mp4'; 'ts' when the resolution changes, 'avi' for mjpeg. */
  container?: 'mp4' | 'mkv' | 'ts' | 'avi';
}

/**
 * The path of a video of a moving scene: a soft zoom with fine detail, crossing objects, and noise.
 * The same options return the same file: tests must not change it.
 */
export async function footage(options: FootageOptions = {}): Promise<string> {
  const extension = options.container ?? (options.switchResolution ? 'ts' : options.codec === 'mjpeg' ? 'avi' : 'mp4');
  return cached(`footage ${JSON.stringify(options)}`, extension, async (path) => {
    if (options.switchResolution) await makeSwitching({ ...options, switchResolution: options.switchResolution }, path);
    else await run('ffmpeg', [...QUIET, ...inputOf(options), ...outputOf(options), path]);
  });
}

/** The video of a file as Annex B with access unit delimiters, for a server to play in a loop. */
export async function annexB(path: string, codec: 'h264' | 'h265' = 'h264'): Promise<string> {
  const format = codec === 'h265' ? 'hevc' : 'h264';
  const filter = codec === 'h265' ? 'hevc_mp4toannexb,hevc_metadata=aud=insert' : 'h264_mp4toannexb,h264_metadata=aud=insert';
  return cached(`annexb ${path}`, format, async (to) => {
    await run('ffmpeg', [...QUIET, '-i', path, '-an', '-c:v', 'copy', '-bsf:v', filter, '-f', format, to]);
  });
}

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'];
const PROBE = ['-v', 'error', '-select_streams', 'v:0'];

/** To be increased when the commands that create footage change. */
const MAKE = 2;

/** The path of a file that is created once for the key `what`, and kept. */
export async function cached(what: string, extension: string, make: (path: string) => Promise<void>): Promise<string> {
  const folder = join(cacheDir, 'media');
  const path = join(folder, `${createHash('sha256').update(`${MAKE} ${what}`).digest('hex').slice(0, 16)}.${extension}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'making-'));
  const beside = join(work, `video.${extension}`);
  try {
    await make(beside);
    renameSync(beside, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return path;
}

function inputOf({ seconds = 2, width = 640, height = 360, fps = 25, noise = 4, motion = true, sound }: FootageOptions): string[] {
  const still = motion === 'half' ? seconds / 2 : motion ? 0 : seconds;
  const scene = `testsrc2=s=${width}x${height}:r=${fps},gblur=sigma=1`;
  const zoom = `mandelbrot=s=${width}x${height}:r=${fps}:start_scale=0.6:end_scale=0.02:end_pts=${20 * fps},gblur=sigma=1.5`;
  const blend = `${zoom},format=yuv420p[zoom];${scene},format=yuv420p[scene];[zoom][scene]blend=all_mode=average`;
  const moving = Math.max(1, Math.round((seconds - still) * fps));
  const hold = still > 0 ? `,trim=end_frame=${moving},tpad=start_duration=${still}:start_mode=clone` : '';
  const grain = noise > 0 ? `,noise=alls=${noise}:allf=t` : '';
  const video = ['-f', 'lavfi', '-t', String(seconds), '-i', `${blend}${hold}${grain},format=yuv420p`];
  return sound ? [...video, '-f', 'lavfi', '-t', String(seconds), '-i', 'sine=frequency=440'] : video;
}

function outputOf({ codec = 'h264', gop = 50, bframes = 0, crf = 18, sound }: FootageOptions): string[] {
  const voice = sound ? ['-c:a', 'aac'] : [];
  if (codec === 'mjpeg') return ['-c:v', 'mjpeg', '-q:v', '3', ...voice];
  const common = ['-preset', 'veryfast', '-crf', String(crf), '-g', String(gop), '-bf', String(bframes), ...voice];
  if (codec === 'h264') return ['-c:v', 'libx264', '-sc_threshold', '0', ...common];
  return ['-c:v', 'libx265', '-x265-params', `scenecut=0:log-level=none:keyint=${gop}:bframes=${bframes}`, '-tag:v', 'hvc1', ...common];
}

type Switching = FootageOptions & { switchResolution: { width: number; height: number } };

/** Three parts, joined as a transport stream: each starts with its own parameter sets. */
async function makeSwitching(options: Switching, path: string): Promise<void> {
  const { seconds = 2, fps = 25, width = 640, height = 360, switchResolution: other } = options;
  const frames = Math.round(seconds * fps);
  const [half, threeQuarters] = [Math.floor(frames / 2), Math.floor(frames * 3 / 4)];
  const parts = [
    { width, height, from: 0, to: half },
    { ...other, from: half, to: threeQuarters },
    { width, height, from: threeQuarters, to: frames },
  ];
  const buffers: Buffer[] = [];
  for (const { from, to, ...size } of parts) {
    const made = { ...options, ...size };
    const place = ['-frames:v', String(to - from), '-output_ts_offset', String(from / fps), '-muxdelay', '0'];
    buffers.push(await run('ffmpeg', [...QUIET, ...inputOf(made), ...outputOf(made), ...place, '-f', 'mpegts', 'pipe:1']));
  }
  writeFileSync(path, Buffer.concat(buffers));
}

/** Media: a file's path, or its bytes. */
export type Media = string | Buffer;

function inputFor(media: Media): { args: string[]; input: Buffer | undefined } {
  return typeof media === 'string' ? { args: ['-i', media], input: undefined } : { args: ['-i', 'pipe:0'], input: media };
}

/** The number of pictures that decode. */
export async function countFrames(media: Media): Promise<number> {
  const { args, input } = inputFor(media);
  const stdout = await run('ffprobe', [...PROBE, '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', ...args], input);
  return Number(stdout.toString().trim().split('\n')[0]?.replace(/,.*$/, '') ?? 0);
}

export interface DecodeOptions {
  /** Default 'yuv420p'. */
  pixelFormat?: string;
  /** A filter graph, e.g. 'scale=320:180'. */
  filter?: string;
}

/** The decoded pictures, one after the other. */
export async function decodeToRaw(media: Media, { pixelFormat = 'yuv420p', filter }: DecodeOptions = {}): Promise<Buffer> {
  const { args, input } = inputFor(media);
  return run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', ...args, '-map', '0:v:0', ...(filter === undefined ? [] : ['-vf', filter]),
    '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', pixelFormat, 'pipe:1',
  ], input);
}

export interface Ssim {
  /** Of all planes, over all frames. */
  readonly mean: number;
  readonly min: number;
  /** For each frame, in order. */
  readonly frames: readonly number[];
}

/**
 * The similarity of two videos (1: equal), frame by frame in order, regardless of time stamps. `a` is scaled to the
 * size of `b`, after `filterA`, e.g. "select='not(mod(n,5))'" if b has every fifth frame of a.
 */
export async function ssim(a: Media, b: Media, { filterA, filterB }: { filterA?: string; filterB?: string } = {}): Promise<Ssim> {
  const folder = mkdtempSync(join(tmpdir(), 'rxcam-test-ssim-'));
  try {
    const [fileA, fileB] = [fileOf(a, folder, 'a'), fileOf(b, folder, 'b')];
    const prepare = (filter: string | undefined) => `${filter === undefined ? '' : `${filter},`}settb=1/1000,setpts=N,format=yuv420p`;
    const graph = `[0:v]${prepare(filterA)}[x];[1:v]${prepare(filterB)}[b];[x][b]scale2ref=flags=bicubic[a][c];[a][c]ssim=stats_file=-`;
    const stdout = await run('ffmpeg', [
      ...QUIET, '-i', fileA, '-i', fileB, '-lavfi', graph, '-fps_mode', 'passthrough', '-f', 'null', '-',
    ]);
    const frames = [...stdout.toString().matchAll(/ All:([\d.]+)/g)].map((match) => Number(match[1]));
    return { frames, mean: frames.reduce((sum, one) => sum + one, 0) / frames.length, min: Math.min(...frames) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fileOf(media: Media, folder: string, name: string): string {
  if (typeof media === 'string') return media;
  const path = join(folder, name);
  writeFileSync(path, media);
  return path;
}

export interface ProbedPacket {
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly bytes: number;
  readonly keyframe: boolean;
  /** Hex, of the packet's bytes. */
  readonly md5: string;
}

/** The packets of the first video stream, as ffprobe sees them. */
export async function probePackets(media: Media): Promise<ProbedPacket[]> {
  const { args, input } = inputFor(media);
  const stdout = await run('ffprobe', [...PROBE, '-show_packets', '-show_data_hash', 'MD5', '-of', 'json', ...args], input);
  const { packets } = JSON.parse(stdout.toString()) as {
    packets: { pts?: number; dts?: number; size: string; flags: string; data_hash: string }[];
  };
  return packets.map((packet) => ({
    pts: packet.pts, dts: packet.dts, bytes: Number(packet.size), keyframe: packet.flags.startsWith('K'),
    md5: packet.data_hash.replace(/^MD5:/, ''),
  }));
}

/** Properties of the first video stream, with ffprobe's names: codec_name, profile, width, height, pix_fmt, … */
export async function probeStream(media: Media): Promise<Record<string, string | number>> {
  const { args, input } = inputFor(media);
  const stdout = await run('ffprobe', [...PROBE, '-show_streams', '-of', 'json', ...args], input);
  const { streams } = JSON.parse(stdout.toString()) as { streams: Record<string, string | number>[] };
  if (streams[0] === undefined) throw new Error('There is no video stream.');
  return streams[0];
}
