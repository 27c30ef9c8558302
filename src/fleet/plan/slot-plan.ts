/** The plan: a pure function from workers and slots to owners. */
import { balance, compareText } from './balance.js';
import { WorkerLoad, leastUsed, weightOf } from './worker-load.js';
import type { Member, PlanInput, SlotMove, SlotNeeds, SlotPlan } from './members.js';

/**
 * Decides the owner of each slot. Owners keep their slots; of two workers that claim a slot, the one with the higher epoch owns it. Slots without an
 * owner go to the worker that has the labels that they need and the lowest load for its capacity. Only a settled group moves slots
 * for balance, at most one worker's share at a time, and none without a gain.
 *
 * The same members, in any order, give the same plan.
 */
export function plan({ members, slots, isSettled }: PlanInput): SlotPlan {
  const sorted = [...members].sort((a, b) => compareText(a.id, b.id));
  const workers = sorted.filter(({ isDraining }) => !isDraining).map((member) => new WorkerLoad(member, slots));
  const byId = new Map(workers.map((worker) => [worker.id, worker]));
  const before = ownersOf(sorted, slots.length);
  const orphans: number[] = [];
  for (let slot = 0; slot < slots.length; slot++) {
    const owner = byId.get(before.get(slot)?.id ?? '');
    // A slot that suits no worker stays where it is.
    if (owner !== undefined && (owner.suits(slot) || !workers.some((one) => one.suits(slot)))) owner.add(slot);
    else orphans.push(slot);
  }
  const unplaced = workers.length === 0 ? [] : place(orphans, workers, slots);
  const given = forced(orphans, before, workers);
  const moves = isSettled ? balance(workers, slots, Math.ceil(slots.length / workers.length), (slot) => before.get(slot)?.isWarm === true) : [];
  return {
    owners: new Map(sorted.map(({ id }) => [id, allOf(byId.get(id)).sort((a, b) => a - b)])),
    moves: [...given, ...moves],
    unplaced: unplaced.sort((a, b) => a - b),
  };
}

interface Before { readonly id: string; readonly epoch: number; readonly isWarm: boolean; readonly isDraining: boolean }

function ownersOf(members: readonly Member[], slots: number): ReadonlyMap<number, Before> {
  const owners = new Map<number, Before>();
  for (const { id, isDraining, owned } of members) {
    for (const { slot, epoch, isWarm } of owned) {
      if (slot < 0 || slot >= slots || !Number.isInteger(slot)) continue;
      if (epoch > (owners.get(slot)?.epoch ?? -Infinity)) owners.set(slot, { id, epoch, isWarm, isDraining });
    }
  }
  return owners;
}

/** Assigns each orphan to a worker, the heaviest first; returns those for which no worker has room. */
function place(orphans: readonly number[], workers: readonly WorkerLoad[], slots: readonly SlotNeeds[]): number[] {
  const weight = (slot: number) => weightOf(slots[slot] as SlotNeeds);
  const unplaced: number[] = [];
  for (const slot of [...orphans].sort((a, b) => weight(b) - weight(a) || a - b)) {
    const suited = workers.filter((one) => one.suits(slot));
    // A slot that suits no worker is assigned to any worker, which starts the cameras whose labels it has.
    const able = suited.length > 0 ? suited : workers;
    const owner = leastUsed(able.filter((one) => one.hasRoomFor(slot)));
    if (owner === undefined) {
      unplaced.push(slot);
      nominal(able).unplaced.add(slot);
    } else owner.add(slot);
  }
  return unplaced;
}

function allOf(worker: WorkerLoad | undefined): number[] {
  return worker === undefined ? [] : [...worker.slots, ...worker.unplaced];
}

/** The worker with the fewest unplaced slots: a camera that is not started adds no load. */
function nominal(workers: readonly WorkerLoad[]): WorkerLoad {
  return workers.reduce((fewest, one) => (one.unplaced.size < fewest.unplaced.size ? one : fewest));
}

/** The moves of orphans whose owner is alive. */
function forced(orphans: readonly number[], before: ReadonlyMap<number, Before>, workers: readonly WorkerLoad[]): SlotMove[] {
  const takers = new Map(workers.flatMap((worker) => [...worker.slots].map((slot) => [slot, worker] as const)));
  return orphans.flatMap((slot): SlotMove[] => {
    const from = before.get(slot);
    const to = takers.get(slot);
    if (from === undefined || to === undefined || from.id === to.id) return [];
    return [{ slot, from: from.id, to: to.id, why: from.isDraining ? 'drain' : 'labels' }];
  });
}
