/** Cameras of a generator engine with a dashboard: one camera in thirty is down, one in fifty is slow. Prints the dashboard's address. */
import { execFileSync } from 'node:child_process';
import { Observable, throwError, timer } from 'rxjs';
import { SourceRefused, camera, encodeJpeg, memory, publish, retry, toMessage } from '../../dist/bundle/index.js';
import { dashboard } from '../../dist/bundle/dashboard.js';

const [cameras = 300, fps = 1] = process.argv.slice(2).map(Number);
const jpegs = [0, 1, 2, 3].map((n) => execFileSync('ffmpeg', [
  '-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=1`, '-ss', String(n * 3), '-frames:v', '1', '-q:v', '7', '-f', 'mjpeg', '-',
]));

const engine = (index) => () => {
  if (index % 30 === 7) return throwError(() => new SourceRefused('nothing listens there: the connection is refused (ECONNREFUSED)'));
  const rate = index % 50 === 3 ? fps / 4 : fps;
  return new Observable((subscriber) => {
    subscriber.next({ type: 'connected' });
    subscriber.next({ type: 'opened', source: { fps, width: 640, height: 360, codec: 'h264' } });
    subscriber.next({ type: 'encoder', encoder: 'mjpeg', hardware: false, reason: 'generated' });
    let n = 0;
    const ticking = timer(Math.random() * 1_000, 1_000 / rate).subscribe(() => {
      const pts = Math.round((n++ * 1e6) / rate);
      subscriber.next({ type: 'captured', pts });
      subscriber.next({ type: 'output', pts, keyframe: true, width: 640, height: 360, format: 'jpeg', data: jpegs[(n + index) % 4] });
    });
    return () => { ticking.unsubscribe(); };
  });
};

const broker = memory();
const gates = Array.from({ length: cameras }, (_, index) => camera(`rtsp://10.0.${index >> 8}.${index & 255}/stream`, { key: `camera ${index + 1}`, engine: engine(index), readWindowMs: 60_000 }));
for (const gate of gates) gate.pipe(encodeJpeg(), toMessage(), publish(broker, { topic: 'bench' }), retry({ initialMs: 5_000 })).subscribe();
const page = await dashboard(gates, { brokers: [broker], port: 0 });
console.log(page.url);
