/** Inputs like those of public bug reports, each created once by ffmpeg and kept in the cache. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, python } from './cache.mjs';
import { cached } from './media.js';
import { run } from './process.js';

/** To be increased when a recipe changes. */
const MAKE = 1;

type Recipe = (to: string) => Promise<void>;

/** ffmpeg with a generated picture as its input. */
const pattern = (size: string, rate: number | string, seconds: number, ...output: string[]): Recipe =>
  (to) => ffmpeg('-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`, ...output, to);
/** ffmpeg on another input. */
const from = (name: string, ...output: string[]): Recipe => async (to) => ffmpeg('-i', await fieldInput(name), ...output, to);
/** The part of another input from a time on, as `ffmpeg -ss n -i … -c copy` cuts it. */
const cut = (name: string, seconds: number): Recipe => async (to) =>
  ffmpeg('-ss', String(seconds), '-i', await fieldInput(name), '-c', 'copy', to);

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'];
const X264_420 = [...X264, '-pix_fmt', 'yuv420p'];
const x265 = (params = '') => ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=error${params}`];
const keyint = (n: number) => ['-x264-params', `keyint=${n}:min-keyint=${n}:scenecut=0`];
const ANNEXB = (n: number) => ['-x264-params', `keyint=${n}:min-keyint=${n}:scenecut=0:aud=1:repeat-headers=1`];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-f', 'webm'];
const turned = (degrees: number) => ['-c', 'copy', '-metadata:s:v:0', `rotate=${degrees}`];
const UPRIGHT = turned(90);
const levels = (black: number, white: number, format = 'gray') => ['-f', 'lavfi', '-i', `nullsrc=size=320x240:rate=5,format=${format},geq=lum='if(lt(X,160),${black},${white})'`, '-t', '1'];
const film = async (to: string, ...maps: string[]) => ffmpeg(
  '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=10:duration=1', '-i', await fieldInput('cover.jpg'), ...maps, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p',
  `-c:v:${maps[1] === '0' ? 1 : 0}`, 'copy', to,
);
const COVER = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];

const RECIPES: Readonly<Record<string, Recipe>> = {
  // Large and fast pictures.
  'big-2mp.mp4': pattern('1920x1080', 5, 1, ...X264_420),
  'big-3mp.mp4': pattern('2304x1296', 5, 1, ...X264_420),
  'big-4mp.mp4': pattern('2560x1440', 5, 1, ...X264_420),
  'big-8mp.mp4': pattern('3840x2160', 5, 0.6, ...X264_420),
  'big-8mp.h264': pattern('3840x2160', 5, 0.6, ...X264_420, ...ANNEXB(3)),
  'fast-720p240.mp4': pattern('1280x720', 240, 0.1, ...X264_420),
  'fast-1080p120.mp4': pattern('1920x1080', 120, 0.1, ...X264_420),
  // Small pictures, as from thermal sensors.
  'lepton80x60.mp4': pattern('80x60', 9, 1, ...X264_420),
  'mlx32x24.mp4': pattern('32x24', 8, 1, ...X264_420),
  'amg8x8.mkv': pattern('8x8', 8, 1, '-c:v', 'ffv1', '-pix_fmt', 'yuv420p'),
  'odd15x5.mkv': pattern('15x5', 5, 1, '-c:v', 'ffv1', '-pix_fmt', 'yuv444p'),
  // Above level 4.1 by its width, and lower than the coding unit that this level requires.
  'wide5000x20.mkv': pattern('5000x20', 5, 0.6, '-c:v', 'ffv1', '-pix_fmt', 'yuv420p'),
  // A browser's recording and a phone's: times with jitter, a stated rate that is the time base.
  'recorder1k.webm': async (to) => {
    await pattern('640x360', 30, 4, '-vf', "settb=1/1000,setpts='floor(N*33.367+random(1)*15)'", '-vsync', 'passthrough', '-enc_time_base', '1:1000', ...VP8)(to);
    writeFileSync(to, withoutDefaultDuration(readFileSync(to)));
  },
  'phone-vfr.mp4': pattern('640x360', 30, 4, '-vf', "settb=1/90000,setpts='floor(N*3003+random(1)*1100)'", '-vsync', 'passthrough', '-enc_time_base', '1:90000', ...X264_420, '-bf', '0', '-video_track_timescale', '90000'),
  // Every time stamp is a tick of a clock of 1,000 or 180,000, and the file states this as its rate.
  'stated1000.webm': async (to) => {
    await pattern('320x180', 10, 3, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '200k', '-f', 'webm')(to);
    writeFileSync(to, withDefaultDuration(readFileSync(to), 1_000_000));
  },
  'stated90k.avi': pattern('320x180', 15, 3, '-vf', "settb=1/90000,setpts='floor(N*6000)'", '-vsync', 'passthrough', '-enc_time_base', '1:90000', ...X264_420, '-bf', '0', '-r', '90000'),
  'phone-vfr.ts': from('phone-vfr.mp4', '-c', 'copy'),
  // Keyframes that are far apart, and files cut between them.
  'gop50.ts': pattern('320x240', 25, 8, ...X264_420, ...keyint(50)),
  'gop50.h264': pattern('320x240', 25, 8, ...X264_420, ...ANNEXB(50)),
  'gop250.h265': pattern('160x120', 25, 12, ...x265(':keyint=250:min-keyint=250:scenecut=0:bframes=0:aud=1:repeat-headers=1'), '-pix_fmt', 'yuv420p', '-f', 'hevc'),
  'gop500.mp4': pattern('320x240', 25, 20, ...X264_420, ...keyint(500)),
  'cut4.mp4': cut('gop500.mp4', 4),
  'cut14.mp4': cut('gop500.mp4', 14),
  'h265-500.mp4': pattern('160x120', 25, 20, ...x265(':keyint=500:min-keyint=500:scenecut=0:bframes=0'), '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'),
  'h265-cut4.mp4': cut('h265-500.mp4', 4),
  'h265-cut14.mp4': cut('h265-500.mp4', 14),
  // 4:1:1, 4:1:0 and 4:4:0.
  'dv-ntsc.avi': pattern('720x480', '30000/1001', 1, '-c:v', 'dvvideo', '-pix_fmt', 'yuv411p'),
  'dv-ntsc.dv': pattern('720x480', '30000/1001', 1, '-c:v', 'dvvideo', '-pix_fmt', 'yuv411p'),
  'svq1-410.mov': pattern('320x240', 25, 1, '-c:v', 'svq1'),
  'ffv1-440.mkv': pattern('160x120', 10, 1, '-c:v', 'ffv1', '-pix_fmt', 'yuv440p'),
  'ffv1-411-odd.mkv': pattern('161x121', 10, 1, '-c:v', 'ffv1', '-pix_fmt', 'yuv411p'),
  // Both chroma components in one plane, as devices deliver them.
  'nv12.nut': pattern('160x120', 10, 1, '-c:v', 'rawvideo', '-pix_fmt', 'nv12'),
  'nv21.nut': pattern('160x120', 10, 1, '-c:v', 'rawvideo', '-pix_fmt', 'nv21'),
  'p010.nut': pattern('160x120', 10, 1, '-c:v', 'rawvideo', '-pix_fmt', 'p010le'),
  // A gap of two hours; one picture in 2 s for a minute, then 25 a second.
  'gap2h.mkv': pattern('320x240', 25, 8, '-vf', "setpts='PTS+gte(N,50)*7200/TB'", '-vsync', 'passthrough', ...X264_420, '-g', '25'),
  'smart.mkv': pattern('320x240', 25, 9.2, '-vf', "setpts='if(lt(N,30),N*2,60+(N-30)/25)/TB'", '-vsync', 'passthrough', ...X264_420, '-g', '25'),
  // A phone held upright.
  'flat265.mp4': pattern('640x360', 25, 2, ...x265(':keyint=25'), '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'),
  'phone-hevc.mp4': from('flat265.mp4', ...UPRIGHT),
  'flat264.mp4': pattern('640x360', 25, 2, ...X264_420),
  'phone-h264.mp4': from('flat264.mp4', ...UPRIGHT),
  'phone-180.mp4': from('flat264.mp4', ...turned(180)),
  'phone-270.mp4': from('flat264.mp4', ...turned(270)),
  'mirrored-across.mp4': async (to) => { writeFileSync(to, withMatrix(readFileSync(await fieldInput('flat264.mp4')), [-1, 0, 0, 1])); },
  'mirrored-down.mp4': async (to) => { writeFileSync(to, withMatrix(readFileSync(await fieldInput('flat265.mp4')), [1, 0, 0, -1])); },
  // Sound with a cover.
  'cover.jpg': pattern('200x200', 1, 1, '-frames:v', '1'),
  'song.m4a': async (to) => ffmpeg('-f', 'lavfi', '-i', 'sine=duration=2', '-i', await fieldInput('cover.jpg'), ...COVER, '-c:a', 'aac', to),
  'song.mp3': async (to) => ffmpeg('-f', 'lavfi', '-i', 'sine=duration=2', '-i', await fieldInput('cover.jpg'), ...COVER, '-c:a', 'libmp3lame', to),
  'song.flac': async (to) => ffmpeg('-f', 'lavfi', '-i', 'sine=duration=2', '-i', await fieldInput('cover.jpg'), ...COVER, '-c:a', 'flac', to),
  'song.mkv': async (to) => ffmpeg('-f', 'lavfi', '-i', 'sine=duration=2', '-attach', await fieldInput('cover.jpg'), '-metadata:s:t', 'mimetype=image/jpeg', '-c:a', 'aac', to),
  // A film with a cover, which is larger, behind or before it.
  'film-with-cover.mp4': async (to) => film(to, '-map', '0', '-map', '1', '-disposition:v:1', 'attached_pic'),
  'cover-first.mp4': async (to) => film(to, '-map', '1', '-map', '0', '-disposition:v:0', 'attached_pic'),
  // Grey: the left half black, the right half white.
  'grey-libx264.mp4': (to) => ffmpeg(...levels(16, 235), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'gray', '-color_range', 'tv', to),
  'grey-libx265.mp4': (to) => ffmpeg(...levels(16, 235), ...x265(), '-pix_fmt', 'gray', '-color_range', 'tv', to),
  'grey-mjpeg.avi': (to) => ffmpeg(...levels(0, 255), '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'gray', '-color_range', 'pc', '-strict', '-1', to),
  'grey10-libx265.mp4': (to) => ffmpeg(...levels(64, 940, 'gray10le'), ...x265(), '-pix_fmt', 'gray10le', '-color_range', 'tv', to),
  'grey12-libx265.mp4': (to) => ffmpeg(...levels(256, 3760, 'gray12le'), ...x265(), '-pix_fmt', 'gray12le', '-color_range', 'tv', to),
  'grey-full-libx265.mp4': (to) => ffmpeg(...levels(0, 255), ...x265(':range=full'), '-pix_fmt', 'gray', '-color_range', 'pc', to),
  'grey-ffv1.mkv': (to) => ffmpeg(...levels(0, 255), '-c:v', 'ffv1', to),
  'grey-alpha.png': (to) => ffmpeg(...levels(0, 255), '-frames:v', '1', '-pix_fmt', 'ya8', to),
  'grey.jpg': async (to) => { writeFileSync(to, await run('cjpeg', ['-grayscale', '-quality', '95'], await run('ffmpeg', [...QUIET, ...levels(0, 255), '-frames:v', '1', '-c:v', 'pgm', '-f', 'image2pipe', 'pipe:1']))); },
  // Pixels that are not square, interlaced pictures, two streams.
  'anamorphic.mp4': pattern('704x576', 10, 1, '-vf', 'setsar=16/11', ...X264_420),
  'mbaff.ts': pattern('640x360', 50, 2, '-vf', 'tinterlace=mode=interleave_top,setfield=tff', ...X264_420, '-flags', '+ildct+ilme', '-x264-params', 'tff=1'),
  'mpeg2-bottom.ts': pattern('320x288', 50, 1, '-vf', 'tinterlace=mode=interleave_bottom,setfield=bff', '-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '0', '-b:v', '3M'),
  'fields265.mp4': pattern('320x288', 50, 1, '-vf', 'tinterlace=mode=interleave_top,setfield=tff', ...x265(':interlace=tff'), '-pix_fmt', 'yuv420p'),
  // As in telecined films: some pictures are two fields, some are not.
  'mixed.m2v': async (to) => {
    const part = (filter: string, ...more: string[]) => run('ffmpeg', [...QUIET, '-f', 'lavfi', '-i', 'testsrc2=size=320x288:rate=50:duration=1', '-vf', filter, '-c:v', 'mpeg2video', '-b:v', '3M', '-bf', '0', ...more, '-f', 'mpeg2video', 'pipe:1']);
    writeFileSync(to, Buffer.concat([await part('tinterlace=mode=interleave_top,setfield=tff', '-flags', '+ildct+ilme', '-top', '1'), await part('fps=25')]));
  },
  'narrow.mp4': pattern('480x576', 10, 1, '-vf', 'setsar=1/2', ...X264_420),
  'nonsense-shape.mkv': pattern('160x120', 10, 1, '-vf', 'setsar=1000/1', '-c:v', 'ffv1', '-pix_fmt', 'yuv420p'),
  'submain.ts': (to) => ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25', '-t', '2', '-map', '0', '-map', '1', ...X264_420, to),
  // Codecs and pixel formats.
  'av1.mp4': pattern('320x180', 10, 1, '-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-pix_fmt', 'yuv420p'),
  'vp9-alpha.webm': pattern('320x180', 10, 1, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuva420p'),
  'hevc422-10-full.mp4': pattern('320x180', 10, 1, ...x265(), '-pix_fmt', 'yuv422p10le', '-color_range', 'pc'),
  'hdr10.mp4': pattern('320x180', 10, 1, ...x265(':colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'), '-pix_fmt', 'yuv420p10le'),
  'odd444.mp4': pattern('1279x719', 5, 0.6, ...X264, '-pix_fmt', 'yuv444p'),
  'odd-mjpeg.avi': pattern('641x361', 5, 1, '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj422p'),
  'rgb264.mp4': pattern('320x180', 5, 1, '-c:v', 'libx264rgb', '-preset', 'ultrafast'),
  // Stills.
  'still.png': pattern('320x180', 1, 1, '-frames:v', '1'),
  'still.jpg': pattern('320x180', 1, 1, '-frames:v', '1'),
  'still.webp': pattern('320x180', 1, 1, '-frames:v', '1'),
  'anim.gif': pattern('320x180', 5, 1),
  // A source with two picture parameter sets: keyframes repeat only one of them.
  'base.h264': pattern('160x120', 25, 3, '-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-threads', '1', '-x264-params', 'keyint=25:min-keyint=25:scenecut=0:cabac=0:aud=1:repeat-headers=1:slices=1', '-pix_fmt', 'yuv420p'),
  'twopps.h264': async (to) => { await run(python, [fileURLToPath(new URL('odd/two_pps.py', import.meta.url)), await fieldInput('base.h264'), to]); },
  'twopps.mp4': from('twopps.h264', '-c', 'copy'),
};

/** The path of an input by its name. It is the same file each time: tests must not change it. */
export async function fieldInput(name: string): Promise<string> {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  const recipe = RECIPES[name];
  if (recipe === undefined) throw new Error(`There is no input ${name}; the inputs are ${Object.keys(RECIPES).join(', ')}.`);
  return cached(`field ${MAKE} ${name}`, extension, recipe);
}

/** A glob of pictures for the odd HTTP server: ten of 4:2:0, or three of 4:1:1 (by cjpeg). */
export async function fieldJpegs(chroma: '420' | '411' = '420'): Promise<string> {
  const done = await cached(`field ${MAKE} jpegs ${chroma}`, 'made', async (to) => {
    const folder = folderOf(`jpeg-${chroma}`);
    if (chroma === '420') await pattern('320x240', 10, 1, '-q:v', '5')(join(folder, '%02d.jpg'));
    else for (const i of [1, 2, 3]) await subsampledJpeg(i, join(folder, `${i}.jpg`));
    writeFileSync(to, '');
  });
  return join(dirname(done), `field-${MAKE}-jpeg-${chroma}`, '*.jpg');
}

/** A folder with a live-like HLS stream of two variants, 320x180 and 640x360, and a master list `master.m3u8`. */
export async function fieldHls(): Promise<string> {
  const done = await cached(`field ${MAKE} hls`, 'made', async (to) => {
    const folder = folderOf('hls');
    await ffmpeg(
      '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=12', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=12',
      '-map', '0:v', '-map', '1:v', ...X264_420, '-g', '25', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '0',
      '-var_stream_map', 'v:0 v:1', join(folder, 'v%v.m3u8'));
    writeFileSync(join(folder, 'master.m3u8'), [
      '#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180', 'v0.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=1500000,RESOLUTION=640x360', 'v1.m3u8', '',
    ].join('\n'));
    writeFileSync(to, '');
  });
  return join(dirname(done), `field-${MAKE}-hls`);
}

async function subsampledJpeg(i: number, to: string): Promise<void> {
  const ppm = await run('ffmpeg', [...QUIET, '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=5', '-ss', `0.${i}`, '-frames:v', '1', '-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1']);
  writeFileSync(to, await run('cjpeg', ['-sample', '4x1', '-quality', '85'], ppm));
}

/** Sets the display matrix in the header of an MP4's first track: `[a, b, c, d]`. */
function withMatrix(mp4: Buffer, [a, b, c, d]: readonly [number, number, number, number]): Buffer {
  const header = mp4.indexOf('tkhd') + 4;
  const at = header + (mp4[header] === 1 ? 36 : 24) + 16;
  for (const [index, value] of [a, b, 0, c, d, 0].entries()) mp4.writeInt32BE(value * 65_536, at + 4 * index);
  return mp4;
}

/** Replaces the EBML element DefaultDuration with a Void element of the same size, so that the file states no rate. */
function withoutDefaultDuration(webm: Buffer): Buffer {
  const at = webm.indexOf(Buffer.from([0x23, 0xe3, 0x83]));
  if (at === -1) return webm;
  const size = (webm[at + 3] ?? 0) & 127;
  const void_ = Buffer.alloc(4 + size);
  void_.set([0xec, 0x80 | (2 + size)]);
  void_.copy(webm, at);
  return webm;
}

/** Sets the element DefaultDuration: the nanoseconds of each picture. */
function withDefaultDuration(webm: Buffer, ns: number): Buffer {
  const at = webm.indexOf(Buffer.from([0x23, 0xe3, 0x83]));
  const size = (webm[at + 3] ?? 0) & 127;
  if (at === -1) throw new Error('There is no DefaultDuration.');
  webm.writeUIntBE(ns, at + 4, size);
  return webm;
}

function folderOf(name: string): string {
  const folder = join(cacheDir, 'media', `field-${MAKE}-${name}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'];

async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', [...QUIET, ...args]);
}
