/** The cost of coordination alone: workers whose cameras report, and send no messages. Also the CPU of a plan for a large fleet. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Coordinator } from 'rxcam/fleet';
import { type Member, type PlanInput, type SlotNeeds, plan } from '../../../src/fleet/index.js';
import type { Cluster } from './cluster.js';
import type { Figures } from './figures.js';

const OVER_MS = 20_000;
const WITHIN_MS = 60_000;
const CALM_MS = 3_000;
/** Bytes of a record in a batch, without its key and its value. */
const RECORD_BYTES = 12;
const ONE_PER_CENT = 0.01;
const KB = 1_000;

/** Measures the CPU of each worker, and the bytes of status, while no event happens. */
export async function measureCoordination(cluster: Cluster, group: Coordinator, figures: Figures): Promise<void> {
  let bytes = 0;
  const reading = (['workers', 'reports'] as const).map((table) => group.rows(table).subscribe(({ rows }) => {
    for (const { key, value = '' } of rows) bytes += Buffer.byteLength(key) + Buffer.byteLength(value) + RECORD_BYTES;
  }));
  cluster.startAll();
  await cluster.settled(WITHIN_MS);
  await wait(CALM_MS);
  const from = bytes;
  const cores = await cluster.cores(OVER_MS);
  for (const one of reading) one.unsubscribe();
  const { cameras, workers } = cluster.options;
  const mean = cores.reduce((sum, one) => sum + one, 0) / cores.length;
  const each = cores.map((one) => (one * 100).toFixed(2)).join(', ');
  figures.add(`coordination: one of ${workers} workers, ${cameras} cameras in total`, `${(mean * 100).toFixed(2)} % of a core (${each})`, '≤ 1 %', mean <= ONE_PER_CENT);
  figures.atMost('coordination: status of the fleet', Math.round((bytes - from) / OVER_MS * 1000 / KB * 10) / 10, 100, ' kB/s');
  cluster.end();
}

const SLOTS = 256;
const CAMERAS = 1_000;
const WORKERS = 50;
const RUNS = 40;
const PLAN_MS = 20;

/** Measures the CPU of one plan in each situation that requires a new one. */
export function measurePlan(figures: Figures): void {
  const slots = Array.from({ length: SLOTS }, (_, slot): SlotNeeds => {
    const cameras = Math.floor(CAMERAS / SLOTS) + (slot < CAMERAS % SLOTS ? 1 : 0);
    return { cameras, cost: cameras * 0.02 * (1 + (slot % 11) / 10), labels: slot % 9 === 0 ? ['gpu'] : [] };
  });
  const member = (index: number): Member => ({ id: `worker-${index}`, capacity: 1.6, labels: index % 3 === 0 ? ['gpu'] : [], isDraining: false, owned: [] });
  const empty: PlanInput = { members: Array.from({ length: WORKERS }, (_, index) => member(index)), slots, isSettled: true };
  const running = adopted(empty);
  const situations: Readonly<Record<string, PlanInput>> = {
    'cold start': empty,
    'a death': { ...running, members: running.members.slice(1) },
    'a drain': { ...running, members: running.members.map((one, index) => (index === 1 ? { ...one, isDraining: true } : one)) },
    'one more worker': { ...running, members: [...running.members, member(WORKERS)] },
    'half of them return': adopted({ ...running, members: running.members.slice(WORKERS / 2) }, running.members.slice(0, WORKERS / 2).map((one) => ({ ...one, owned: [] }))),
  };
  for (const [name, situation] of Object.entries(situations)) {
    const first = cpuOf(situation);
    const times = Array.from({ length: RUNS }, () => cpuOf(situation)).sort((a, b) => a - b);
    const most = Math.max(first, times.at(-1) ?? 0);
    figures.add(`plan of ${CAMERAS} cameras and ${WORKERS} workers, ${name}`,
      `first ${first.toFixed(1)} ms, then median ${(times[RUNS / 2] ?? 0).toFixed(1)}, most ${most.toFixed(1)} (CPU)`, `< ${PLAN_MS} ms`, most < PLAN_MS);
  }
}

/** The same group after its members have adopted the plan, with further members. */
function adopted(situation: PlanInput, others: readonly Member[] = []): PlanInput {
  const { owners } = plan({ ...situation, isSettled: false });
  const members = situation.members.map((one) => ({ ...one, owned: (owners.get(one.id) ?? []).map((slot) => ({ slot, epoch: slot, isWarm: true })) }));
  return { ...situation, members: [...members, ...others] };
}

function cpuOf(situation: PlanInput): number {
  const from = process.cpuUsage();
  plan(situation);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}
