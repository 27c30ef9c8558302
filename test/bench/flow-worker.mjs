/**
 * One run of the flow benchmark: cameras of a generator engine and one destination. Prints the number of messages, and the CPU time
 * (user + sys) that this process takes for them.
 *
 *   node test/bench/flow-worker.mjs DESTINATION CAMERAS FPS BYTES WARM_UP_MS MEASURED_MS
 */
import { Observable } from 'rxjs';

const [destination, ...numbers] = process.argv.slice(2);
const [cameras, fps, bytes, warmUpMs, measuredMs] = numbers.map(Number);

/** Interval at which due pictures are emitted; ms. */
const TICK_MS = 5;
/** The bytes of one access unit: filler text, since no step of this benchmark parses them. */
const UNIT = Buffer.alloc(bytes, 'access unit ');

const feeds = new Set();

/** An engine whose pictures come from a timer. Each has one `captured` and one `output` event, and a separate buffer. */
function generator() {
  return new Observable((subscriber) => {
    const feed = { subscriber, next: 0, dueAt: performance.now() + (1000 / fps) * Math.random() };
    subscriber.next({ type: 'connected' });
    subscriber.next({ type: 'opened', source: { fps, width: 640, height: 360, codec: 'h264' } });
    subscriber.next({ type: 'encoder', encoder: 'libx265', hardware: false, reason: 'generated' });
    feeds.add(feed);
    return () => { feeds.delete(feed); };
  });
}

function tick() {
  const now = performance.now();
  for (const feed of feeds) {
    // Pictures that are late by more than a second are left out.
    if (feed.dueAt < now - 1000) feed.dueAt = now;
    for (; feed.dueAt <= now; feed.dueAt += 1000 / fps) give(feed);
  }
}

function give(feed) {
  const pts = Math.round((feed.next++ * 1e6) / fps);
  const data = Buffer.allocUnsafeSlow(bytes);
  UNIT.copy(data);
  feed.subscriber.next({ type: 'captured', pts });
  feed.subscriber.next({ type: 'output', pts, keyframe: true, width: 640, height: 360, format: 'h265', data });
}

const { open } = await import(`./flow/${destination}.mjs`);
const { start, close } = await open();
let messages = 0;
const subscriptions = [];
for (let index = 0; index < cameras; index++) {
  subscriptions.push(start(generator, `camera_${index}`).subscribe({ next: () => { messages++; }, error: (error) => { throw error; } }));
}
const timer = setInterval(tick, TICK_MS);
await after(warmUpMs);
const before = { messages, cpu: process.cpuUsage(), at: performance.now() };
await after(measuredMs);
const { user, system } = process.cpuUsage(before.cpu);
const result = {
  messages: messages - before.messages, cpuUs: user + system, ms: performance.now() - before.at, rssBytes: process.memoryUsage.rss(),
};
clearInterval(timer);
for (const subscription of subscriptions) subscription.unsubscribe();
await close();
console.log(JSON.stringify(result));

function after(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
