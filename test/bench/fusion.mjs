/**
 * What fusion costs: 1080p H.264 file → every 5th picture → 640x360 → H.265 frame mode → memory broker, against one
 * hand-written ffmpeg command to a file. CPU (user + sys) of all processes, paired.
 *
 *   npm run build && node test/bench/fusion.mjs [pairs] [seconds of footage] [clip]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, cpuSeconds } from './cpu.mjs';

const pairs = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 120);
const folder = path.join(tmpdir(), 'rxcam-bench');
mkdirSync(folder, { recursive: true });
const clip = process.argv[4] ?? footage();
const out = path.join(folder, 'reference.h265');

/** A moving pattern with noise, GOP 50 at 25 fps, as a camera would send it. */
function footage() {
  const file = path.join(folder, `1080p-${seconds}s.mp4`);
  if (!existsSync(file)) {
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=25:duration=${seconds},noise=alls=6:allf=t`,
      '-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-bf', '0', '-crf', '26', '-pix_fmt', 'yuv420p', file]);
  }
  return file;
}

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
async function byRxcam() {
  const worker = fileURLToPath(new URL('fusion-worker.mjs', import.meta.url));
  const { seconds: cpu, output } = await cpuSeconds('node', [worker, clip]);
  last = output.trim();
  return cpu;
}

await compare('fusion', pairs, byHand, byRxcam);
console.log(`rxcam's own account: ${last}`);
console.log(`bytes of the reference: ${statSync(out).size}`);
rmSync(out);
