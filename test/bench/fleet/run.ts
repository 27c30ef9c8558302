/**
 * A fleet on a real Kafka: cold start, deaths, drain, a suspended worker and one that is cut off, growth, a broker that is down, a rolling
 * restart, and the cost of coordination. Prints each figure with its limit, and a table at the end. The exit code is 1 if a limit is missed.
 *
 * Options: --cameras N (default 1000), --workers N (default 10), --rate N (messages a second of each camera, default 5),
 * --only NAME,… (plan, cold, away, grow, death, leader, drain, stop, cable, rolling, coordination).
 */
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { lastValueFrom } from 'rxjs';
// @ts-expect-error -- the built package, as users have it
import * as fleets from '../../../dist/bundle/fleet.js';
// @ts-expect-error -- the built package, as users have it
import * as rxcam from '../../../dist/bundle/index.js';
import { Cluster, startBehindCable, until } from './cluster.js';
import { measureCoordination, measurePlan } from './coordination.js';
import { Figures } from './figures.js';
import { SCENES, still } from './scenes.js';
import { Watch } from './watch.js';

const { coordinator } = fleets as typeof import('rxcam/fleet');
const { kafka } = rxcam as typeof import('rxcam');
const { values: given } = parseArgs({ options: {
  cameras: { type: 'string', default: '1000' }, workers: { type: 'string', default: '10' }, rate: { type: 'string', default: '5' },
  only: { type: 'string', default: '' },
} });
const [cameras, workers, rate] = [given.cameras, given.workers, given.rate].map(Number) as [number, number, number];
const known = ['plan', 'cold', ...Object.keys(SCENES), 'coordination'];
const only = given.only === '' ? known : given.only.split(',');
for (const name of only) if (!known.includes(name)) throw new Error(`'${name}' given, expected ${known.join(', ')}`);

const SLOTS = 256;
const COLD_S = 15;
const COLD_WITHIN_MS = 120_000;
const AT_ONCE = 200;
const figures = new Figures();
const load = () => `load ${loadavg().map((one) => one.toFixed(1)).join(', ')}`;
console.log(`${cameras} cameras at ${rate} messages a second, ${workers} workers; ${load()}`);

if (only.includes('plan')) measurePlan(figures);
if (only.some((name) => name !== 'plan')) await onKafka();
console.log(load());
process.exit(figures.table() ? 0 : 1);

async function onKafka(): Promise<void> {
  const { server, cable } = await startBehindCable();
  const broker = kafka({ brokers: [server.address] });
  await broker.prepare('video');
  if (only.some((name) => name === 'cold' || name in SCENES)) await scenes();
  if (only.includes('coordination')) {
    const group = await wanted('quiet');
    await measureCoordination(new Cluster(server, cable, { cameras, workers, rate: 0, fleet: 'quiet' }), group, figures);
    group.close();
  }
  await broker.close({ deadlineMs: 0 });
  await server.stop();
  cable.stop();

  async function wanted(name: string) {
    const group = coordinator(broker, { name });
    const rows = Array.from({ length: cameras }, (_, index) => ({ key: `camera-${index}`, value: '{}' }));
    for (let at = 0; at < rows.length; at += AT_ONCE) await lastValueFrom(group.write('cameras', rows.slice(at, at + AT_ONCE)), { defaultValue: undefined });
    return group;
  }

  async function scenes(): Promise<void> {
    const group = await wanted('rxcam');
    const watch = new Watch(broker, 'video');
    const cluster = new Cluster(server, cable, { cameras, workers, rate, fleet: 'rxcam' });
    const at = performance.now();
    const [, kafkaBefore, ownBefore] = cluster.cpu;
    cluster.startAll();
    await until(() => watch.seen.size >= cameras, COLD_WITHIN_MS);
    figures.add(`cold start of ${workers} workers: first message of the last of ${watch.seen.size} cameras`, `${((performance.now() - at) / 1000).toFixed(1)} s`, `≤ ${COLD_S} s`,
      watch.seen.size >= cameras && performance.now() - at <= COLD_S * 1_000);
    const [workersCpu, kafkaCpu, ownCpu] = cluster.cpu;
    figures.add('cold start: CPU', `workers ${workersCpu.toFixed(1)} s, Kafka ${(kafkaCpu - kafkaBefore).toFixed(1)}, the consumer ${(ownCpu - ownBefore).toFixed(1)}`);
    await cluster.settled(COLD_WITHIN_MS);
    await wait(2_000);
    const { moved, ...counts } = watch.since({ ...watch.counts, at: 0, lost: 0, dropped: 0, torn: 0, fenced: 0, repeated: 0, stale: 0, takeovers: 0 });
    figures.add('cold start: moves until each worker has cameras', `${moved.length}; ${JSON.stringify(counts)}`);
    const stage = { cluster, watch, figures, slots: SLOTS };
    for (const name of only) {
      if (!(name in SCENES)) continue;
      await still(stage);
      await SCENES[name]?.(stage);
    }
    console.log(`total: ${watch.total}`);
    watch.stop();
    cluster.end();
    group.close();
  }
}
