/** Moves slots from workers with a high load to workers with a low one. */
import { PLAN } from '../../core/defaults/fleet.js';
import { type WorkerLoad, leastUsed, weightOf } from './worker-load.js';
import type { SlotMove, SlotNeeds } from './members.js';

/** Smaller differences are rounding errors of sums, and no gain. */
const EPSILON = 1e-9;

/**
 * Moves up to `maxMoves` slots, each at most once. After a move, the receiver's load is at most the giver's, so each plan
 * is more even than the one before, and plans converge. A slot may still return, rarely, if others have moved meanwhile.
 * @param isWarm - whether a slot's cameras run: slots whose cameras do not run are moved first
 */
export function balance(
  workers: readonly WorkerLoad[], needs: readonly SlotNeeds[], maxMoves: number, isWarm: (slot: number) => boolean,
): SlotMove[] {
  const moves: SlotMove[] = [];
  const moved = new Set<number>();
  const mean = total(workers, ({ load }) => load) / total(workers, ({ member }) => member.capacity);
  if (workers.every(({ use }) => isNear(use, mean))) return moves;
  const givers = [...workers];
  while (moves.length < maxMoves) {
    givers.sort((a, b) => b.use - a.use || compareText(a.id, b.id));
    const found = firstGain(givers, needs, moved, isWarm);
    if (found === undefined) break;
    const { slot, from, to } = found;
    from.remove(slot);
    to.add(slot);
    moved.add(slot);
    moves.push({ slot, from: from.id, to: to.id, why: 'balance' });
  }
  return moves;
}

function isNear(use: number, mean: number): boolean {
  const apart = Math.abs(use - mean);
  return apart <= mean * PLAN.imbalance || (apart <= PLAN.slack && use >= mean * PLAN.starved);
}

interface Gain { readonly slot: number; readonly from: WorkerLoad; readonly to: WorkerLoad }

/** The best move from the worker with the highest load; if it has none, from the next one. */
function firstGain(
  givers: readonly WorkerLoad[], needs: readonly SlotNeeds[], moved: ReadonlySet<number>, isWarm: (slot: number) => boolean,
): Gain | undefined {
  for (const from of givers) {
    let best: Gain | undefined;
    let bestRank = 0;
    for (const slot of from.slots) {
      if (moved.has(slot)) continue;
      const weight = weightOf(needs[slot] as SlotNeeds);
      const to = leastUsed(givers.filter((one) => one !== from && one.suits(slot) && one.hasRoomFor(slot)));
      if (to === undefined || !isGain(from, to, weight)) continue;
      // The largest gain reaches balance in the fewest moves.
      const rank = weight + (isWarm(slot) ? 0 : weight);
      if (rank <= bestRank + EPSILON) continue;
      best = { slot, from, to };
      bestRank = rank;
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

function isGain(from: WorkerLoad, to: WorkerLoad, weight: number): boolean {
  return (from.load - weight) / from.member.capacity >= (to.load + weight) / to.member.capacity - EPSILON && from.use > to.use;
}

function total(workers: readonly WorkerLoad[], value: (worker: WorkerLoad) => number): number {
  return workers.reduce((sum, worker) => sum + value(worker), 0);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
