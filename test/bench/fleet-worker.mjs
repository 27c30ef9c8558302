/** A worker of the fleet's benchmark: cameras are generators of small messages. Arguments: broker, name, messages a second. */
import { Observable, takeUntil, tap, timer } from 'rxjs';
import { coordinator, fleet, kafka, publish, toMessage } from '../../dist/bundle/index.js';

const [address, name, rate] = process.argv.slice(2);
const broker = kafka({ brokers: [address], lingerMs: 20 });
const data = Buffer.alloc(2_000, name);
let generated = 0;
let acknowledged = 0;

/** A picture every so often, as an encoder gives it. */
function pictures(key) {
  return new Observable((subscriber) => {
    let seq = 0;
    const everyMs = 1_000 / Number(rate);
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

const drain$ = new Observable((subscriber) => { process.on('SIGTERM', () => { subscriber.next(); }); });
let last = '';
fleet({
  coordinator: coordinator(broker), worker: name, capacity: 100, drain$,
  run: (_, { key, fence, stop$ }) => pictures(key).pipe(takeUntil(stop$), toMessage(), publish(broker, { topic: 'video', fence }), tap(() => { acknowledged++; })),
}).subscribe({
  next: ({ status, generation, isLeader, cameras }) => {
    const line = JSON.stringify({ name, status, generation, isLeader, running: cameras.filter(({ state }) => state === 'running').length });
    if (line !== last) console.log(last = line);
  },
  complete: async () => {
    const { unsent } = await broker.close();
    console.log(JSON.stringify({ name, ended: true, generated, acknowledged, unsent }));
    process.exit();
  },
});
