/** The events of the fleet benchmark, and their measurements. */
import { setTimeout as wait } from 'node:timers/promises';
import { slotOf } from '../../../src/fleet/index.js';
import { type Cluster, until } from './cluster.js';
import { type Figures, distribution, quantile } from './figures.js';
import type { Takeover, Watch } from './watch.js';

export interface Stage { readonly cluster: Cluster; readonly watch: Watch; readonly figures: Figures; readonly slots: number }

const WITHIN_MS = 40_000;
/** Time for the consumer to read the messages that waited, and the new ones; ms. */
const BACKLOG_MS = 60_000;
/** Time for which a worker, or Kafka, is away; ms. */
const AWAY_MS = 20_000;
const DEATHS = 3;
/** Within this time, late messages arrive; ms. */
const AFTERWARDS_MS = 2_000;
/** Slots do not move for balance before the group has been stable for 15 s; ms. */
const SETTLED_MS = 16_000;
/** A new worker gets its share in several steps: after this time without a move, all of them have ended; ms. */
const STILL_MS = 20_000;
const STILL_WITHIN_MS = 120_000;
/** Moves for balance begin within one review, and end within the time limit of a release; ms. */
const BALANCED_MS = 10_000;

/** In this order: the first two need a balanced fleet, in which no slot moves for balance. */
export const SCENES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  away, grow,
  death: (stage) => deaths(stage, 'SIGKILL of a worker', () => stage.cluster.follower),
  leader: (stage) => deaths(stage, 'SIGKILL of the leader', () => stage.cluster.leader),
  drain, stop, cable, rolling,
};

/** Waits until earlier events no longer move cameras. */
export async function still({ cluster, watch }: Stage): Promise<void> {
  await cluster.settled(WITHIN_MS);
  await watch.still(STILL_MS, STILL_WITHIN_MS);
}

/** All cameras of one death have about the same time, which depends on the last heartbeats. */
async function deaths(stage: Stage, event: string, pick: () => string): Promise<void> {
  const { cluster, watch, figures } = stage;
  const times: number[] = [];
  const others = { lost: 0, dropped: 0, restarted: 0 };
  let [cameras, named] = [0, 0];
  for (let death = 0; death < DEATHS; death++) {
    await still(stage);
    const name = pick();
    const before = watch.counts;
    const running = cluster.running(name);
    cluster.kill(name, 'SIGKILL');
    cluster.workers.delete(name);
    await watch.until(before, running, WITHIN_MS);
    await wait(AFTERWARDS_MS);
    const { moved, lost, dropped, takeovers } = watch.since(before);
    const own = moved.filter(({ from }) => from === name);
    times.push(...own.map(({ at }) => at - before.at));
    cameras += running;
    named += takeovers;
    others.lost += lost;
    others.dropped += dropped;
    others.restarted += moved.length - own.length;
    for (const { key, at, from, to } of moved) if (from !== name) console.log(`  ${key} moved from ${from} to ${to} ${at - before.at} ms after the death of ${name}`);
    cluster.start(name);
  }
  const isKept = times.length >= cameras && quantile(times, 0.5) <= 7.5 && quantile(times, 0.99) <= 9;
  figures.add(`${event}, ${DEATHS} times: first message of its cameras elsewhere`, distribution(times), 'p50 ≤ 7.5 s, p99 ≤ 9 s', isKept);
  figures.none(`${event}: cameras of other workers`, others);
  figures.add(`${event}: named by the consumer`, `${named} takeovers of ${times.length}`, 'all', named === times.length);
}

async function drain({ cluster, watch, figures }: Stage): Promise<void> {
  const before = watch.counts;
  const name = cluster.follower;
  const worker = cluster.get(name);
  cluster.kill(name, 'SIGTERM');
  await watch.until(before, worker.running, WITHIN_MS);
  await Promise.race([worker.ended, wait(WITHIN_MS)]);
  await wait(AFTERWARDS_MS);
  const { moved, lost, dropped, takeovers } = watch.since(before);
  const { generated = 0, acknowledged = 0, unsent = -1 } = worker.words;
  gaps(figures, 'SIGTERM', moved, 1.5);
  figures.none('SIGTERM: cameras without a handover', { lost, dropped, unsent, unacknowledged: generated - acknowledged, takeovers });
  cluster.start(name);
}

function stop(stage: Stage): Promise<void> {
  const name = stage.cluster.follower;
  return cutOff(stage, 'SIGSTOP for 20 s', name, () => { stage.cluster.kill(name, 'SIGSTOP'); }, () => { stage.cluster.kill(name, 'SIGCONT'); });
}

function cable(stage: Stage): Promise<void> {
  const { cluster } = stage;
  return cutOff(stage, 'cable pulled for 20 s', cluster.cabled, () => { cluster.cable.pull(); }, () => { cluster.cable.plug(); });
}

async function cutOff({ cluster, watch, figures }: Stage, event: string, name: string, begin: () => void, end: () => void): Promise<void> {
  const before = watch.counts;
  const cameras = cluster.running(name);
  begin();
  await wait(AWAY_MS);
  end();
  const joined = () => cluster.get(name).words.status === 'member';
  await wait(AFTERWARDS_MS);
  await until(joined, WITHIN_MS);
  await wait(AFTERWARDS_MS);
  const { moved, stale, lost, dropped, fenced, takeovers } = watch.since(before);
  const own = moved.filter(({ from }) => from === name);
  figures.add(`${event}: first message of its ${cameras} cameras elsewhere`, distribution(own.map(({ at }) => at - before.at)));
  figures.add(`${event}: stale messages`, `${stale} delivered by verify (${fenced} on the wire, named as fenced)`, '0', stale === 0);
  figures.none(`${event}: cameras of other workers`, { lost, dropped, restarted: moved.length - own.length });
  figures.add(`${event}: named by the consumer`, `${takeovers} takeovers of ${own.length}`, 'all', takeovers === own.length);
}

async function away({ cluster, watch, figures }: Stage): Promise<void> {
  const before = watch.counts;
  const captured = cluster.sum(({ generated = 0 }) => generated);
  cluster.server.pause();
  await wait(AWAY_MS);
  const meanwhile = cluster.sum(({ generated = 0 }) => generated) - captured;
  cluster.server.resume();
  const back = Date.now();
  const isFlowing = await until(() => watch.flows(back, cluster.options.cameras), BACKLOG_MS);
  figures.add('Kafka away for 20 s: messages of all cameras flow again', `${((Date.now() - back) / 1000).toFixed(1)} s later`, 'yes', isFlowing);
  // All pictures captured while Kafka was away are acknowledged.
  const target = cluster.sum(({ generated = 0 }) => generated);
  const isSent = await until(() => cluster.sum(({ acknowledged = 0 }) => acknowledged) >= target, WITHIN_MS);
  await wait(AFTERWARDS_MS);
  const { moved, lost, dropped, takeovers } = watch.since(before);
  const share = meanwhile / (cluster.options.cameras * cluster.options.rate * AWAY_MS / 1000);
  figures.add('Kafka away: pictures captured meanwhile', `${meanwhile}, ${(share * 100).toFixed(0)} % of the rate`, '≥ 90 %', share >= 0.9);
  figures.none('Kafka away: reshuffled or missing', { moved: moved.length, lost, dropped, takeovers, unsent: isSent ? 0 : target - cluster.sum(({ acknowledged = 0 }) => acknowledged) });
}

async function grow({ cluster, watch, figures, slots }: Stage): Promise<void> {
  const before = watch.counts;
  const count = cluster.workers.size + 1;
  const name = cluster.nameOf(count - 1);
  cluster.start(name);
  await until(() => cluster.running(name) > 0, BACKLOG_MS);
  await wait(BALANCED_MS);
  const { moved, lost, dropped, takeovers } = watch.since(before);
  const movedSlots = new Set(moved.map(({ key }) => slotOf(key, slots))).size;
  const most = Math.ceil(slots / count);
  figures.add(`one more worker: slots that moved, of ${slots}`, String(movedSlots), `1 to ${most}`, movedSlots > 0 && movedSlots <= most);
  figures.none('one more worker: moved twice, or missing', { twice: moved.length - new Set(moved.map(({ key }) => key)).size, lost, dropped, takeovers });
  figures.add('one more worker: gap', distribution(moved.map(({ gapMs }) => gapMs)));
  cluster.kill(name, 'SIGTERM');
  await cluster.get(name).ended;
  cluster.workers.delete(name);
}

async function rolling({ cluster, watch, figures }: Stage): Promise<void> {
  const before = watch.counts;
  const names = [...cluster.workers.keys()].sort();
  for (const name of names) {
    cluster.kill(name, 'SIGTERM');
    await cluster.get(name).ended;
    cluster.start(name);
    await until(() => cluster.get(name).words.status === 'member', WITHIN_MS);
  }
  await cluster.settled(WITHIN_MS);
  await wait(SETTLED_MS + BALANCED_MS);
  const { moved, lost, dropped, takeovers } = watch.since(before);
  // The cameras of the first worker move twice, and the last worker gets its share at the end: 2 of n beyond one move.
  const most = Math.round((1 + 3 / names.length) * 100) / 100;
  figures.atMost('rolling restart of all: moves a camera', Math.round(moved.length / cluster.options.cameras * 100) / 100, most);
  gaps(figures, 'rolling restart', moved, 3.5);
  figures.none('rolling restart: missing', { lost, dropped, takeovers });
}

function gaps(figures: Figures, event: string, moved: readonly Takeover[], mostS: number): void {
  const values = moved.map(({ gapMs }) => gapMs);
  figures.add(`${event}: gap`, distribution(values), `p99 ≤ ${mostS} s`, quantile(values, 0.99) <= mostS);
}

