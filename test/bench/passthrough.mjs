/**
 * What passthrough costs: 1080p H.264 file → its own access units → memory broker, against `ffmpeg -c copy` to a file.
 * CPU (user + sys) of all processes, paired. Nothing is decoded, so what is left is Node: see the time for each access unit.
 *
 *   npm run build && node test/bench/passthrough.mjs [pairs] [seconds of footage]
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, cpuSeconds, median } from './cpu.mjs';
import { footage, folder } from './footage.mjs';

const pairs = Number(process.argv[2] ?? 5);
const clip = footage(Number(process.argv[3] ?? 120), 22);
const out = path.join(folder, 'reference.h264');
const worker = fileURLToPath(new URL('passthrough-worker.mjs', import.meta.url));

let last = '';
const seconds = [];
await compare('passthrough', pairs,
  async () => (await cpuSeconds('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', clip, '-an', '-c:v', 'copy', '-f', 'h264', out])).seconds,
  async () => {
    const { seconds: cpu, output } = await cpuSeconds('node', [worker, clip]);
    last = output.trim();
    return cpu;
  }, (copying, rxcam) => { seconds.push(rxcam - copying); });
const { published, bytes } = JSON.parse(last);
console.log(`passthrough: median ${(median(seconds) / published * 1e6).toFixed(0)} µs an access unit beyond ffmpeg's copy (${(bytes / published / 1000).toFixed(0)} kB each; the start of Node included)`);
console.log(`rxcam's own account: ${last}`);
rmSync(out);
