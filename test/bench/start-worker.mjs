/**
 * A process of the start benchmark: `node start-worker.mjs node|rxjs|rxcam|picture|command [argument]`. Prints one line of JSON: the CPU and
 * the time of the import, and the time from there to the first picture. `command` runs the ffmpeg command of `picture` without rxcam.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childCommand } from './child-command.mjs';

const [what, argument] = process.argv.slice(2);
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const before = { cpu: cpuMs(), at: performance.now() };

if (what === 'rxjs') await import('rxjs');
const rxcam = what === 'rxcam' || what === 'picture' ? await import('rxcam') : undefined;
const imported = { cpuMs: cpuMs() - before.cpu, ms: performance.now() - before.at };
console.log(JSON.stringify({ ...imported, ...(what === 'picture' && await picture(rxcam)), ...(what === 'command' && await command()) }));

async function picture({ camera, encodeH265, memory, publish, resize, skipRate, toMessage }) {
  const { firstValueFrom, map } = await import('rxjs');
  const begun = performance.now();
  const broker = memory();
  const { ffmpeg, pictureMs } = await firstValueFrom(camera(argument).pipe(
    skipRate(5), resize({ width: 640, height: 360 }), encodeH265({ mode: 'frame', hardware: false }), toMessage(), publish(broker, { topic: 'bench' }),
    map(() => ({ pictureMs: performance.now() - begun, ffmpeg: childCommand() })),
  ));
  await broker.close({ deadlineMs: 0 });
  return { pictureMs, ffmpeg };
}

async function command() {
  const [path, ...args] = JSON.parse(argument);
  const begun = performance.now();
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdin.end();
  child.stderr.resume();
  child.stdio[3].resume();
  let bytes = 0;
  // The header is far smaller than a picture.
  while (bytes < 1500) bytes += (await once(child.stdout, 'data'))[0].length;
  const pictureMs = performance.now() - begun;
  child.kill('SIGKILL');
  return { pictureMs };
}
