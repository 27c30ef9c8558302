/**
 * A process of the raw benchmark: `node raw-worker.mjs rxcam CLIP` takes the raw frames of a clip as a user does; `node raw-worker.mjs bare WORDS`
 * runs the same command of ffmpeg (WORDS is JSON) and counts the bytes in its pipe. Prints its CPU, that of ffmpeg left out.
 */
import { spawn } from 'node:child_process';
import { childWords } from './child-words.mjs';

const [what, argument] = process.argv.slice(2);
const { lastValueFrom, tap, count } = await import('rxjs');
const { camera } = await import('rxcam');
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };

const before = cpuMs();
const done = what === 'rxcam' ? await byRxcam() : await bare(...JSON.parse(argument));
console.log(JSON.stringify({ cpuMs: cpuMs() - before, rssMb: process.resourceUsage().maxRSS / 1000, ...done }));

async function byRxcam() {
  let words;
  let bytes = 0;
  const frames = await lastValueFrom(camera(argument).pipe(tap(({ data }) => {
    words ??= childWords();
    bytes += data.length;
  }), count()));
  return { frames, bytes, words };
}

async function bare(path, ...words) {
  const child = spawn(path, words, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdin.end();
  child.stderr.resume();
  child.stdio[3].resume();
  let bytes = 0;
  child.stdout.on('data', (chunk) => { bytes += chunk.length; });
  await new Promise((resolve) => { child.once('close', resolve); });
  return { bytes };
}
