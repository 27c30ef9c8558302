/**
 * A process of the start benchmark: `node start-worker.mjs node|rxjs|rxcam|picture|command [argument]`. Prints one line of JSON: CPU and time
 * that the import took, and the time from there to the first picture. `command` runs what `picture` ran, without rxcam.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childWords } from './child-words.mjs';

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
  const { words, pictureMs } = await firstValueFrom(camera(argument).pipe(
    skipRate(5), resize({ width: 640, height: 360 }), encodeH265({ mode: 'frame', hardware: false }), toMessage(), publish(broker, { topic: 'bench' }),
    map(() => ({ pictureMs: performance.now() - begun, words: childWords() })),
  ));
  await broker.close({ deadlineMs: 0 });
  return { pictureMs, words };
}

async function command() {
  const [path, ...words] = JSON.parse(argument);
  const begun = performance.now();
  const child = spawn(path, words, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdin.end();
  child.stderr.resume();
  child.stdio[3].resume();
  let bytes = 0;
  // The header has far less than a picture.
  while (bytes < 1500) bytes += (await once(child.stdout, 'data'))[0].length;
  const pictureMs = performance.now() - begun;
  child.kill('SIGKILL');
  return { pictureMs };
}
