/**
 * Compares rxcam's settings of x265 with the preset's own coding units: CPU (user + sys), bytes and SSIM, in pairs, on raw pictures. Above
 * level 4.1, coding units have 32 samples or more.
 *
 *   npm run bench encoder [pairs] [pictures]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { x265 } from '../../dist/src/ffmpeg/command/encoder/x265.js';
import { cpuSeconds, median } from './cpu.mjs';
import { folder } from './footage.mjs';

const pairs = Number(process.argv[2] ?? 3);
const pictures = Number(process.argv[3] ?? 10);
const FPS = 5;
const SIZES = [[1280, 720], [1920, 1080], [2560, 1440], [3840, 2160]];
const UNITS = new Set(['ctu', 'min-cu-size', 'max-tu-size', 'rd']);

/** A slow zoom with fine detail, a moving pattern, and a little noise. */
function footage(width, height) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `raw-${width}x${height}-${pictures}.yuv`);
  if (existsSync(file)) return file;
  const source = (name, more) => `${name}=s=${width}x${height}:r=${FPS}${more}`;
  const graph = `${source('mandelbrot', ':start_scale=0.6:end_scale=0.02:end_pts=100')},gblur=sigma=1.5,format=yuv420p[zoom];`
    + `${source('testsrc2', '')},gblur=sigma=1,format=yuv420p[scene];[zoom][scene]blend=all_mode=average,noise=alls=3:allf=t:all_seed=1,format=yuv420p`;
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', graph, '-frames:v', String(pictures), '-f', 'rawvideo', file]);
  return file;
}

const step = { kind: 'encode', codec: 'h265', mode: 'frame', crf: 23, preset: 'ultrafast', gop: 1, hardware: false, reuse: false };
const input = (width, height, file) => ['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${width}x${height}`, '-framerate', String(FPS), '-i', file];

function optionsOf(width, height, isTuned) {
  const options = { ...x265.options(step, { major: 5 }, { size: { width, height }, fps: FPS, statedFps: FPS }) };
  const params = options['x265-params'].split(':').filter((pair) => isTuned || !UNITS.has(pair.split('=')[0])).join(':');
  return Object.entries({ ...options, 'x265-params': params }).flatMap(([name, value]) => [`-${name}`, value]);
}

async function encode(width, height, isTuned) {
  const file = footage(width, height);
  const out = path.join(folder, 'encoded.h265');
  const { seconds } = await cpuSeconds('ffmpeg', [
    '-v', 'error', '-nostdin', '-y', ...input(width, height, file), '-c:v', x265.name, ...optionsOf(width, height, isTuned), '-f', 'hevc', out,
  ]);
  return { seconds, bytes: statSync(out).size, ssim: ssimOf(width, height, file, out) };
}

function ssimOf(width, height, file, encoded) {
  const stats = path.join(folder, 'ssim.txt');
  execFileSync('ffmpeg', [
    '-v', 'error', '-nostdin', '-framerate', String(FPS), '-f', 'hevc', '-i', encoded, ...input(width, height, file),
    '-lavfi', `[0:v]settb=1/1000,setpts=N[a];[1:v]settb=1/1000,setpts=N[b];[a][b]ssim=stats_file=${stats}`, '-f', 'null', '-',
  ]);
  const values = readFileSync(stats, 'utf8').match(/All:[\d.]+/g).map((one) => Number(one.slice(4)));
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

console.log(`frame mode, crf ${step.crf}, ${pictures} pictures, ${pairs} pairs; the reference has the preset's own coding units`);
console.log('| size | coding units | ms a picture | reference | CPU ratio (least to most) | bytes ratio | SSIM | reference |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [width, height] of SIZES) {
  const results = [];
  for (let pair = 0; pair < pairs; pair++) {
    const inTurn = pair % 2 === 0 ? [false, true] : [true, false];
    const [one, other] = [await encode(width, height, inTurn[0]), await encode(width, height, inTurn[1])];
    results.push(inTurn[0] ? { tuned: one, own: other } : { tuned: other, own: one });
  }
  const ratios = results.map(({ tuned, own }) => tuned.seconds / own.seconds);
  const ms = (which) => ((1_000 * median(results.map((result) => result[which].seconds))) / pictures).toFixed(0);
  const [{ tuned, own }] = results;
  const unit = /ctu=(\d+)/.exec(optionsOf(width, height, true).join(' '))?.[1];
  console.log(`| ${[
    `${width}x${height}`, unit, ms('tuned'), ms('own'), `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    (tuned.bytes / own.bytes).toFixed(3), tuned.ssim.toFixed(4), own.ssim.toFixed(4),
  ].join(' | ')} |`);
  rmSync(footage(width, height));
}
