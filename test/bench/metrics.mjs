/**
 * `npm run bench metrics [CAMERAS] [SCRAPES]`: the cost of a scrape of the page for Prometheus, in ms of CPU, compared with a prom-client
 * registry of the same series. No pictures flow during the measurement.
 */
import { Registry } from 'prom-client';
import { camera, memory } from '../../dist/bundle/index.js';
import { metrics } from '../../dist/bundle/metrics.js';
import { median } from './cpu.mjs';

const [cameras = 200, scrapes = 50] = process.argv.slice(2).map(Number);
const gates = Array.from({ length: cameras }, (_, index) => camera(`rtsp://10.0.0.${index % 250}/stream${index}`, { key: `camera_${index}` }));
const page = metrics(gates, [memory()]);
const registry = new Registry();
page.register(registry);

/** Median ms of CPU of one call. */
async function cost(scrape) {
  const each = [];
  for (let n = 0; n < scrapes; n++) {
    const before = process.cpuUsage();
    await scrape();
    const { user, system } = process.cpuUsage(before);
    each.push((user + system) / 1_000);
  }
  return median(each);
}

const text = page.text();
console.log(`${cameras} cameras, ${text.split('\n').filter((line) => line.startsWith('rxcam_')).length} series, ${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB`);
console.log(`rxcam, from the ledgers: ${(await cost(() => Buffer.from(page.text()))).toFixed(1)} ms of CPU a scrape (limit: 15)`);
console.log(`prom-client's registry: ${(await cost(async () => Buffer.from(await registry.metrics()))).toFixed(1)} ms of CPU a scrape`);
