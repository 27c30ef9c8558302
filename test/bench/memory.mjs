/**
 * The growth of Node's memory with the number of cameras: one process with 1, 10 and 40 cameras, each with an ffmpeg that copies a small file in
 * real time. Prints the resident memory of the Node process at the end of each run, without that of ffmpeg.
 *
 * Each size runs with Node's default heap, and with the small young generation of the command line (src/apps/cli/program/heap.ts).
 *
 *   npm run bench memory -- [--rounds N] [--seconds N] [--cameras N,N]
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './cpu.mjs';
import { footage } from './footage.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { rounds: text('3'), seconds: text('8'), cameras: text('1,10,40') } });
const clip = footage(4);
const worker = fileURLToPath(new URL('memory-worker.mjs', import.meta.url));
const sizes = values.cameras.split(',');
const heaps = { 'default heap': [], 'heap of the command line': ['small'] };

const seen = new Map(sizes.flatMap((cameras) => Object.keys(heaps).map((heap) => [`${cameras} cameras, ${heap}`, []])));
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const cameras of sizes) {
    for (const [heap, more] of Object.entries(heaps)) {
      const { stdout } = await promisify(execFile)(process.execPath, [worker, clip, cameras, values.seconds, ...more]);
      const { rssMb, heapMb, externalMb, messages, cpuUs } = JSON.parse(stdout);
      const name = `${cameras} cameras, ${heap}`;
      seen.get(name).push(rssMb);
      console.log(`round ${round}: ${name}: ${rssMb.toFixed(0)} MB (heap ${heapMb.toFixed(0)}, buffers ${externalMb.toFixed(0)}), ${messages} messages, CPU of Node ${(cpuUs / messages).toFixed(0)} µs each`);
    }
  }
}
for (const [name, all] of seen) console.log(`memory: ${name}: median ${median(all).toFixed(0)} MB (${all.length} rounds)`);
