/** The leader of a group: plans at each join, and checks periodically whether a move would be a gain. */
import type { Assignment, JoinedMember } from '../../core/engine/coordination.js';
import { mono } from '../../core/clock.js';
import { FLEET } from '../../core/defaults/fleet.js';
import { type Member, type SlotNeeds, plan } from '../plan/index.js';
import { slotOf } from '../slots.js';
import { type FormerOwner, type WorkerMetadata, readMetadata, writeAssignment } from '../worker-protocol.js';

/** The leader's facts about cameras. */
export interface CameraNeeds { readonly key: string; readonly labels: readonly string[] }

interface Last { readonly members: readonly Member[]; readonly unplaced: number; readonly slots: number }

export class Leader {
  /** Measured costs of slots, in cores; for slots that no worker runs, the last known ones. */
  readonly #costs = new Map<number, number>();
  #names = '';
  /** Monotonic time of the last change of the members. */
  #settledSince = 0;
  #last: Last | undefined;
  /** Reported slots, by the name of their owner. */
  readonly #owners = new Map<string, readonly number[]>();
  /** Workers of the last round before the coordinator was away, and the monotonic time until which their slots are kept for them. */
  #expected: readonly string[] = [];
  #expectedUntil = 0;
  #hasGhosts = false;

  /** @param wanted - the cameras, called for each plan */
  constructor(readonly wanted: () => Iterable<CameraNeeds>) {}

  /** Records the reported costs of slots. */
  measured(costs: ReadonlyMap<number, number>): void {
    for (const [slot, cost] of costs) this.#costs.set(slot, cost);
  }

  /** Records the slots that a worker has reported. */
  owns(worker: string, slots: readonly number[]): void {
    this.#owners.set(worker, slots);
  }

  /** Keeps the slots of these workers for some time, so that they can join again: a coordinator that was away may have forgotten them. */
  expect(workers: readonly string[]): void {
    this.#expected = workers;
    this.#expectedUntil = mono() + FLEET.graceMs;
  }

  assign(joined: readonly JoinedMember[], slots: number): ReadonlyMap<string, Assignment> {
    const workers = joined.map(({ id, text }) => ({ id, ...readMetadata(text, id) }));
    this.#noteWho(workers);
    for (const { costs } of workers) this.measured(costs);
    const members = workers.map(({ id, capacity, labels, isDraining, owned }): Member => ({ id, capacity, labels, isDraining, owned }));
    const ghosts = this.#ghosts(workers);
    this.#hasGhosts = ghosts.length > 0;
    const planned = plan({ members: [...members, ...ghosts], slots: this.#needs(slots), isSettled: this.#isSettled });
    const { moves, unplaced } = planned;
    const owners = new Map([...planned.owners].filter(([id]) => ghosts.every((ghost) => ghost.id !== id)));
    const nameOf = new Map(workers.map(({ id, worker }) => [id, worker]));
    const isUnplaced = new Set(unplaced);
    const mine = new Map<string, { from: Map<number, FormerOwner> }>(workers.map(({ id }) => [id, { from: new Map() }]));
    for (const { slot, from, to } of moves) {
      const epoch = workers.find(({ id }) => id === from)?.owned.find((one) => one.slot === slot)?.epoch ?? -1;
      mine.get(to)?.from.set(slot, { worker: nameOf.get(from) ?? '', epoch });
    }
    this.#last = {
      slots, unplaced: unplaced.length,
      members: members.map((member) => ({
        ...member,
        owned: (owners.get(member.id) ?? []).filter((slot) => !isUnplaced.has(slot)).map((slot) => ({ slot, epoch: 0, isWarm: true })),
      })),
    };
    const names = [...nameOf.values()].sort();
    const protocol = Math.min(...workers.map((one) => one.protocol));
    return new Map([...owners].map(([id, own]): [string, Assignment] => [id, {
      slots: own,
      text: writeAssignment({
        slots: own, from: mine.get(id)?.from ?? new Map(), unplaced: own.filter((slot) => isUnplaced.has(slot)), workers: names,
      }, protocol),
    }]));
  }

  /** Whether another round would move a slot for balance, or place an unplaced one. */
  get wantsRound(): boolean {
    if (this.#last === undefined) return false;
    if (this.#hasGhosts) return mono() >= this.#expectedUntil;
    const { members, slots, unplaced } = this.#last;
    const next = plan({ members, slots: this.#needs(slots), isSettled: this.#isSettled });
    return next.moves.length > 0 || next.unplaced.length < unplaced;
  }

  get #isSettled(): boolean {
    return mono() - this.#settledSince >= FLEET.settleMs;
  }

  /** Expected workers: they keep their slots, and get no others. */
  #ghosts(workers: readonly WorkerMetadata[]): Member[] {
    if (mono() >= this.#expectedUntil) return [];
    return this.#expected.filter((name) => workers.every(({ worker }) => worker !== name)).map((name): Member => ({
      id: `expected ${name}`, capacity: Number.MIN_VALUE, labels: [], isDraining: false,
      owned: (this.#owners.get(name) ?? []).map((slot) => ({ slot, epoch: -1, isWarm: true })),
    }));
  }

  #noteWho(workers: readonly (WorkerMetadata & { readonly id: string })[]): void {
    const names = workers.map(({ id, isDraining }) => `${id} ${String(isDraining)}`).sort().join('\n');
    if (names !== this.#names) this.#settledSince = mono();
    this.#names = names;
  }

  /** Cameras without a measured cost get the mean of the others. */
  #needs(slots: number): SlotNeeds[] {
    const needs = Array.from({ length: slots }, () => ({ cost: 0, cameras: 0, labels: new Set<string>() }));
    for (const { key, labels } of this.wanted()) {
      const slot = needs[slotOf(key, slots)];
      if (slot === undefined) continue;
      slot.cameras++;
      for (const label of labels) slot.labels.add(label);
    }
    const measured = needs.map(({ cameras }, slot) => ({ cameras, cost: this.#costs.get(slot) ?? 0 }))
      .filter(({ cameras, cost }) => cameras > 0 && cost > 0);
    const mean = measured.reduce((sum, { cost }) => sum + cost, 0) / Math.max(1, measured.reduce((sum, { cameras }) => sum + cameras, 0));
    return needs.map(({ cameras, labels }, slot): SlotNeeds => {
      const known = this.#costs.get(slot) ?? 0;
      return { cameras, cost: cameras === 0 ? 0 : known > 0 ? known : cameras * mean, labels: [...labels] };
    });
  }
}
