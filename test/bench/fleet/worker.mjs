/**
 * A worker of the fleet benchmark, whose cameras generate small messages. Arguments: broker, name, messages a second of each camera (0 for
 * none, so that only coordination takes CPU), name of the fleet.
 */
import { NEVER, Observable, interval, merge, takeUntil, tap, timer } from 'rxjs';
import { coordinator, fleet } from '../../../dist/bundle/fleet.js';
import { kafka, publish, toMessage } from '../../../dist/bundle/index.js';

const [address, name, rate, prefix] = process.argv.slice(2);
const everyMs = 1_000 / Number(rate);
/** Interval of the reports of a camera of `rxcam worker`; ms. */
const REPORT_MS = 2_500;
const broker = kafka({ brokers: [address], lingerMs: 20 });
const data = Buffer.alloc(2_000, `${name}\n`);
let generated = 0;
let acknowledged = 0;

/** A picture every `everyMs`, as an encoder emits it. */
function pictures(key) {
  return new Observable((subscriber) => {
    let seq = 0;
    return timer(Math.random() * everyMs, everyMs).subscribe(() => {
      generated++;
      seq++;
      const now = Date.now();
      subscriber.next({
        camera: key, run: 1, seq, pts: seq * everyMs * 1_000, capturedAt: now, width: 16, height: 16, codec: 'jpeg', mode: 'frame', keyframe: true,
        frames: 1, lastSeq: seq, encoder: 'none', encodeMs: 0, data,
      });
    });
  });
}

/** The reports of `rxcam worker` about a camera that streams. */
function reports(camera) {
  return interval(REPORT_MS).pipe(tap((count) => {
    camera.report({ state: 'streaming', fpsIn: 5 + (count % 3) / 10, fpsOut: 5, published: count * 12, dropped: {}, cost: 0.001 });
  }));
}

function run(_, camera) {
  const { key, fence, stop$ } = camera;
  const messages$ = Number(rate) === 0
    ? NEVER.pipe(takeUntil(stop$))
    : pictures(key).pipe(takeUntil(stop$), toMessage(), publish(broker, { topic: 'video', fence }), tap(() => { acknowledged++; }));
  return merge(messages$, reports(camera).pipe(takeUntil(stop$)));
}

const say = (words) => { console.log(JSON.stringify(words)); };
const drain$ = new Observable((subscriber) => { process.on('SIGTERM', () => { subscriber.next(); }); });
let last = '';
fleet({ coordinator: coordinator(broker, { name: prefix }), worker: name, capacity: 100, drain$, run }).subscribe({
  next: ({ status, generation, isLeader, cameras }) => {
    const state = { name, status, generation, isLeader, running: cameras.filter(({ state: one }) => one === 'running').length };
    const line = JSON.stringify(state);
    if (line !== last) say(state);
    last = line;
  },
  complete: async () => {
    const { unsent } = await broker.close();
    say({ name, ended: true, generated, acknowledged, unsent });
    process.exit();
  },
});
interval(1_000).subscribe(() => { say({ generated, acknowledged }); });
