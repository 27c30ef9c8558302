/**
 * The cost of fusion: 1080p H.264 file → every 5th picture → 640x360 → H.265 frame mode → memory broker, compared with one hand-written
 * ffmpeg command that writes to a file. CPU (user + sys) of all processes, in pairs.
 *
 *   npm run build && node test/bench/fusion.mjs [pairs] [seconds of footage] [clip]
 */
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, cpuSeconds, median } from './cpu.mjs';
import { folder, footage } from './footage.mjs';

const pairs = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 120);
const clip = process.argv[4] ?? footage(seconds);
const out = path.join(folder, 'reference.h265');

const params = 'log-level=error:repeat-headers=1:annexb=1:info=0:scenecut=0:bframes=0:rc-lookahead=0:open-gop=0:keyint=10000:min-keyint=1:pools=none:frame-threads=1:wpp=0:ctu=16:min-cu-size=16:rd=1';

async function byHand() {
  const { seconds: cpu } = await cpuSeconds('ffmpeg', [
    '-v', 'error', '-nostdin', '-y', '-threads', '1', '-i', clip, '-an', '-vf', String.raw`select=not(mod(n\,5)),scale=640:360:flags=bilinear,format=yuv420p`,
    '-fps_mode', 'passthrough', '-c:v', 'libx265', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '23', '-forced-idr', '1',
    '-force_key_frames', 'expr:1', '-x265-params', params, '-f', 'hevc', out,
  ]);
  return cpu;
}

let last = '';
const withoutStart = [];
async function byRxcam() {
  const worker = fileURLToPath(new URL('fusion-worker.mjs', import.meta.url));
  const { seconds: cpu, output } = await cpuSeconds('node', [worker, clip]);
  last = output.trim();
  return cpu;
}

await compare('fusion', pairs, byHand, byRxcam, (hand, rxcam) => { withoutStart.push((rxcam - JSON.parse(last).startSeconds) / hand); });
console.log(`fusion: median ratio without the start of Node and the import ${median(withoutStart).toFixed(3)}`);
console.log(`counts of rxcam: ${last}`);
console.log(`bytes of the reference: ${statSync(out).size}`);
rmSync(out);
