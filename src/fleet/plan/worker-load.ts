/** The load of each worker during planning. */
import { PLAN } from '../../core/defaults/fleet.js';
import type { Member, SlotNeeds } from './members.js';

/** The load that a slot adds to a worker, in cores. */
export function weightOf({ cost, cameras }: SlotNeeds): number {
  return cost + cameras * PLAN.cameraWeight + PLAN.slotWeight;
}

/** A worker during planning: its load, and its slots so far. */
export class WorkerLoad {
  /** Weights, for comparison. */
  load = 0;
  /** Sum of the measured costs, compared with its capacity. */
  cost = 0;
  readonly slots = new Set<number>();
  /** Slots that it owns in name only: no worker has room for their cameras, which are not started. */
  readonly unplaced = new Set<number>();
  readonly #labels: ReadonlySet<string>;

  constructor(readonly member: Member, readonly needs: readonly SlotNeeds[]) {
    this.#labels = new Set(member.labels);
  }

  get id(): string { return this.member.id; }
  /** Load for each core of its capacity. */
  get use(): number { return this.load / this.member.capacity; }

  suits(slot: number): boolean {
    return (this.needs[slot] as SlotNeeds).labels.every((label) => this.#labels.has(label));
  }

  hasRoomFor(slot: number): boolean {
    return this.cost + (this.needs[slot] as SlotNeeds).cost <= this.member.capacity;
  }

  add(slot: number): void {
    const needs = this.needs[slot] as SlotNeeds;
    this.slots.add(slot);
    this.load += weightOf(needs);
    this.cost += needs.cost;
  }

  remove(slot: number): void {
    const needs = this.needs[slot] as SlotNeeds;
    this.slots.delete(slot);
    this.load -= weightOf(needs);
    this.cost -= needs.cost;
  }
}

/** Returns the worker with the lowest load for its capacity; of several equal ones the first. */
export function leastUsed(workers: Iterable<WorkerLoad>): WorkerLoad | undefined {
  let least: WorkerLoad | undefined;
  for (const worker of workers) if (least === undefined || worker.use < least.use) least = worker;
  return least;
}
