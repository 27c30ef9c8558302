/**
 * The dashboard of a fleet with simulated workers: each reports its cameras every five seconds, as real workers do. One camera in thirty is
 * down, one in fifty is slow, a few are unplaced, and one worker is gone. Arguments: cameras, workers. Prints the dashboard's address.
 */
import { memory } from '../../dist/bundle/index.js';
import { dashboard } from '../../dist/bundle/dashboard.js';
import { coordinator } from '../../dist/bundle/fleet.js';

const [cameras = 1_000, workers = 10] = process.argv.slice(2).map(Number);
const group = coordinator(memory());
const written = (table, rows) => group.write(table, rows.map(([key, row]) => ({ key, value: row && JSON.stringify(row) }))).subscribe();
const keys = Array.from({ length: cameras }, (_, index) => `camera ${index + 1}`);
written('cameras', keys.map((key) => [key, { source: 'rtsp://user:${env:CAMERAS}@10.0.0.1/stream', pipeline: [{ skipRate: { fps: 5 } }, 'encodeH265', 'toMessage', { publish: { topic: 'video' } }] }]));

const started = Date.now();
const published = new Map();
/** @returns the report of a camera */
function reportOf(key, index, worker) {
  const at = Date.now();
  const base = { at, worker, slot: index % 256, epoch: 1_000 + index };
  if (index % 150 === 11) return { ...base, state: 'unplaced', error: 'no worker has room for it' };
  if (index % 30 === 7) {
    return { ...base, state: 'waiting', in: 0, out: 0, published: 0, dropped: {}, down: started - index * 60_000, error: 'SOURCE_REFUSED: 10.0.0.1 refuses the connection', errorAt: at - (index % 30) * 1_000, cost: 0 };
  }
  const isSlow = index % 50 === 3;
  published.set(key, (published.get(key) ?? 100_000 + index) + 25);
  return {
    ...base, state: 'streaming', in: isSlow ? 3 : 24.9 + Math.round(Math.random() * 2) / 10, out: isSlow ? 3 : 5, wanted: 5, published: published.get(key),
    dropped: index % 9 === 0 ? { outbox: index } : {}, slow: isSlow || undefined, cost: 0.004 + (index % 7) / 10_000,
  };
}

const names = Array.from({ length: workers }, (_, index) => `cupboard-${index + 1}`);
const share = Math.ceil(cameras / workers);
function report(worker, index, more = {}) {
  const own = keys.slice(index * share, (index + 1) * share);
  written('workers', [[`worker/${worker}`, {
    at: Date.now(), version: '1.0.0', capacity: 3.2, labels: index % 2 === 0 ? ['north'] : [], status: index === 1 ? 'draining' : 'member', leader: index === 0,
    generation: 12, slots: 25, cameras: own.length, load: own.length * 0.009, own: [], costs: [], host: worker, dashboard: `http://${worker}:8790/`, ...more,
  }]]);
  written('reports', own.map((key, position) => [key, reportOf(key, index * share + position, worker)]));
}
names.forEach((worker, index) => {
  report(worker, index);
  setTimeout(() => { setInterval(() => { report(worker, index); }, 5_000); }, (index * 5_000) / workers);
});
written('workers', [['worker/cupboard-0', { at: Date.now() - 130_000, version: '1.0.0', capacity: 3.2, status: 'member', leader: false, generation: 11, cameras: share, load: 2.9, host: 'cupboard-0' }]]);

const page = await dashboard([], { fleet: group, port: 0 });
console.log(page.url);
