/** A process of the memory benchmark: `node memory-worker.mjs CLIP CAMERAS SECONDS [small]`. Prints its memory at the end, in MB, and the number of messages. */
import { setFlagsFromString } from 'node:v8';

const [clip, cameras, seconds, heap] = process.argv.slice(2);
// As in the command line: before anything is loaded. The young generation grows during an import, and does not shrink again.
if (heap === 'small') setFlagsFromString('--semi-space-growth-factor=1');
const { Subscription } = await import('rxjs');
const { camera, passthrough, toMessage } = await import('rxcam');

let messages = 0;
const all = new Subscription();
for (let index = 0; index < Number(cameras); index++) {
  all.add(camera(clip, { key: `camera_${index}`, pace: 'realtime', loop: true }).pipe(passthrough(), toMessage()).subscribe(() => { messages++; }));
}
await new Promise((resolve) => { setTimeout(resolve, Number(seconds) * 1000); });
const { user, system } = process.cpuUsage();
const { rss, heapUsed, external } = process.memoryUsage();
console.log(JSON.stringify({ rssMb: rss / 1e6, heapMb: heapUsed / 1e6, externalMb: external / 1e6, messages, cpuUs: user + system }));
all.unsubscribe();
