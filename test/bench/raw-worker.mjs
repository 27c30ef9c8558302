/**
 * A process of the raw benchmark: `node raw-worker.mjs rxcam CLIP` receives the raw frames of a clip as a user does; `node raw-worker.mjs bare
 * COMMAND` runs the same command of ffmpeg (a JSON list) and counts the bytes of its pipe. Prints the CPU of this process, without ffmpeg's.
 */
import { spawn } from 'node:child_process';
import { childCommand } from './child-command.mjs';

const [what, argument] = process.argv.slice(2);
const { lastValueFrom, tap, count } = await import('rxjs');
const { camera } = await import('rxcam');
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };

const before = cpuMs();
const done = what === 'rxcam' ? await byRxcam() : await bare(...JSON.parse(argument));
console.log(JSON.stringify({ cpuMs: cpuMs() - before, rssMb: process.resourceUsage().maxRSS / 1000, ...done }));

async function byRxcam() {
  let command;
  let bytes = 0;
  const frames = await lastValueFrom(camera(argument).pipe(tap(({ data }) => {
    command ??= childCommand();
    bytes += data.length;
  }), count()));
  return { frames, bytes, command };
}

async function bare(path, ...args) {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdin.end();
  child.stderr.resume();
  child.stdio[3].resume();
  let bytes = 0;
  child.stdout.on('data', (chunk) => { bytes += chunk.length; });
  await new Promise((resolve) => { child.once('close', resolve); });
  return { bytes };
}
