/**
 * The cost of the start: `import 'rxcam'` compared with Node alone (and with `import 'rxjs'`, which is a part of it), and the time from there to
 * the first published picture of a file compared with ffmpeg's first packet of the same command. Each runs in a separate process, in pairs.
 *
 *   npm run bench start -- [--rounds N] [--clip FILE]
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './cpu.mjs';
import { footage } from './footage.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, clip: { type: 'string' } } });
const clip = values.clip ?? footage(40);
const worker = fileURLToPath(new URL('start-worker.mjs', import.meta.url));

const rounds = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  const [rxjs, rxcam, picture] = [await run('rxjs'), await run('rxcam'), await run('picture', clip)];
  const command = await run('command', JSON.stringify(picture.ffmpeg));
  rounds.push({ rxjs, rxcam, picture, command });
  console.log(`round ${round}: import of rxjs ${shown(rxjs)}, of rxcam ${shown(rxcam)}; first picture ${picture.pictureMs.toFixed(0)} ms, ffmpeg alone ${command.pictureMs.toFixed(0)} ms`);
}
report("import 'rxcam', CPU beyond Node alone", ({ rxcam }) => rxcam.cpuMs);
report("import 'rxcam', time", ({ rxcam }) => rxcam.ms);
report("import 'rxjs' alone, CPU", ({ rxjs }) => rxjs.cpuMs);
report('first published picture after import', ({ picture }) => picture.pictureMs);
report("ffmpeg's first packet of the same command", ({ command }) => command.pictureMs);
report('difference of these two', ({ picture, command }) => picture.pictureMs - command.pictureMs);

async function run(...words) {
  const { stdout } = await promisify(execFile)(process.execPath, [worker, ...words], { maxBuffer: 1e7 });
  return JSON.parse(stdout);
}

function shown({ cpuMs, ms }) {
  return `${ms.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)})`;
}

function report(name, of) {
  const all = rounds.map(of);
  console.log(`${name}: median ${median(all).toFixed(0)} ms (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}, ${all.length} rounds)`);
}
