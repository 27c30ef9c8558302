/** The load of each worker while a plan is made. */
import { PLAN } from '../../core/defaults/fleet.js';
import type { Member, SlotNeeds } from './members.js';

/** The load that a slot adds to a worker, in cores. */
export function weightOf({ cost, cameras }: SlotNeeds): number {
  return cost + cameras * PLAN.cameraWeight + PLAN.slotWeight;
}

/** One worker, and what it has been given. */
export class Bearer {
  /** Weights, for comparison. */
  load = 0;
  /** Measured cost alone, for what it can bear. */
  cost = 0;
  readonly slots = new Set<number>();
  /** Slots that are its own in name: nobody can bear their cameras, which are not started. */
  readonly unplaced = new Set<number>();
  readonly #labels: ReadonlySet<string>;

  constructor(readonly member: Member, readonly needs: readonly SlotNeeds[]) {
    this.#labels = new Set(member.labels);
  }

  get id(): string { return this.member.id; }
  /** Load for each core that it offers. */
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

/** The one that is used least; of equals the first. */
export function leastUsed(bearers: Iterable<Bearer>): Bearer | undefined {
  let least: Bearer | undefined;
  for (const bearer of bearers) if (least === undefined || bearer.use < least.use) least = bearer;
  return least;
}
