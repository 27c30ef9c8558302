/**
 * The cost of raw frames in Node: 1080p yuv420p from ffmpeg, compared with counting the bytes that the same command writes to the same kind of
 * pipe. CPU (user + sys) of the Node process, in pairs. ffmpeg's own CPU is the same in both, and is not counted.
 *
 *   npm run bench raw -- [--rounds N] [--seconds N]
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './cpu.mjs';
import { footage } from './footage.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '20' } } });
const clip = footage(Number(values.seconds));
const worker = fileURLToPath(new URL('raw-worker.mjs', import.meta.url));

const { command } = await run('rxcam', clip);
const ratios = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  const ways = [() => run('rxcam', clip), () => run('bare', JSON.stringify(command))];
  const [rxcam, bare] = round % 2 === 1 ? [await ways[0](), await ways[1]()] : [await ways[1](), await ways[0]()].reverse();
  ratios.push(rxcam.cpuMs / bare.cpuMs);
  const each = (cpuMs) => `${(cpuMs / rxcam.frames).toFixed(3)} ms a frame`;
  console.log(`round ${round}: bare ${each(bare.cpuMs)} (${bare.rssMb.toFixed(0)} MB), rxcam ${each(rxcam.cpuMs)} (${rxcam.rssMb.toFixed(0)} MB), ratio ${ratios.at(-1).toFixed(2)}`);
}
console.log(`raw: median ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}, ${ratios.length} rounds)`);

async function run(...given) {
  const { stdout } = await promisify(execFile)(process.execPath, [worker, ...given], { maxBuffer: 1e7 });
  return JSON.parse(stdout);
}
