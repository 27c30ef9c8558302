/**
 * The cost of passthrough: 1080p H.264 file → its own access units → memory broker, compared with `ffmpeg -c copy` to a file.
 * CPU (user + sys) of all processes, in pairs. Nothing is decoded, so the difference is Node's, for each access unit. The file is long, so that
 * the start of the process, which the benchmark `start` measures, is a small part.
 *
 *   npm run build && node test/bench/passthrough.mjs [pairs] [seconds of footage]
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, cpuSeconds, median } from './cpu.mjs';
import { footage, folder } from './footage.mjs';

const pairs = Number(process.argv[2] ?? 5);
const clip = footage(Number(process.argv[3] ?? 480), 22);
const out = path.join(folder, 'reference.h264');
const worker = fileURLToPath(new URL('passthrough-worker.mjs', import.meta.url));

let last = '';
const seconds = [];
const withoutStart = [];
await compare('passthrough', pairs,
  async () => (await cpuSeconds('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', clip, '-an', '-c:v', 'copy', '-f', 'h264', out])).seconds,
  async () => {
    const { seconds: cpu, output } = await cpuSeconds('node', [worker, clip]);
    last = output.trim();
    return cpu;
  }, (copying, rxcam) => {
    seconds.push(rxcam - copying);
    withoutStart.push(rxcam - copying - JSON.parse(last).startSeconds);
  });
const { published, bytes } = JSON.parse(last);
const each = (all) => (median(all) / published * 1e6).toFixed(0);
console.log(`passthrough: median ${each(seconds)} µs an access unit beyond ffmpeg's copy, ${each(withoutStart)} without the start of Node and the import (${(bytes / published / 1000).toFixed(0)} kB each)`);
console.log(`counts of rxcam: ${last}`);
rmSync(out);
