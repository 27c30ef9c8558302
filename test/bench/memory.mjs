/**
 * What Node's memory grows by with cameras: one process with 1, 10 and 40 of them, each an ffmpeg that passes on a small file at its own pace.
 * The resident memory of the Node process at the end of each run; ffmpeg's is not in it.
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

const seen = new Map(sizes.map((cameras) => [cameras, []]));
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const cameras of sizes) {
    const { stdout } = await promisify(execFile)(process.execPath, [worker, clip, cameras, values.seconds]);
    const { rssMb, heapMb, externalMb, messages } = JSON.parse(stdout);
    seen.get(cameras).push(rssMb);
    console.log(`round ${round}: ${cameras} cameras ${rssMb.toFixed(0)} MB (heap ${heapMb.toFixed(0)}, buffers ${externalMb.toFixed(0)}), ${messages} messages`);
  }
}
for (const [cameras, all] of seen) {
  console.log(`memory: ${cameras} cameras: median ${median(all).toFixed(0)} MB, ${(median(all) / median(seen.get(sizes[0]))).toFixed(2)} of ${sizes[0]} (${all.length} rounds)`);
}
