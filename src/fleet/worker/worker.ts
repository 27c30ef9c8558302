/** A worker of a fleet: joins the group, holds a lease and slots, plans if it is the leader, and reports. */
import { Subject, Subscription } from 'rxjs';
import type { GroupEvent, Joined } from '../../core/engine/coordination.js';
import { ticks, wall } from '../../core/clock.js';
import { FLEET } from '../../core/defaults/fleet.js';
import type { Coordinator } from '../coordinator.js';
import { type Requested, camerasBySlot, unplacedCameras } from './distribution.js';
import { SlotManager } from './slot-manager.js';
import { Leader } from './leader.js';
import { Lease } from './lease.js';
import type { FleetState, OwnedCamera, RunCamera } from '../types.js';
import { type SlotAssignment, type WorkerFacts, readAssignment, readReleased, readObject, writeMetadata } from '../worker-protocol.js';
import { WorkerReports } from '../reports/index.js';

export interface WorkerParts<C> {
  readonly facts: WorkerFacts;
  readonly coordinator: Coordinator;
  readonly run: RunCamera<C>;
  readonly labelsOf: (config: C) => readonly string[];
  /** Called when the state may have changed. */
  changed(): void;
  /** Called when the worker has drained: it has no slots, and is no longer a member. */
  drained(): void;
}

const NOTHING: SlotAssignment = { slots: [], from: new Map(), unplaced: [], workers: [] };
/** Interval at which the lease is checked, since it expires without an event; ms. */
const LOOK_MS = 1_000;

export class FleetWorker<C> {
  readonly #lease: Lease;
  readonly #leader: Leader;
  readonly #slots: SlotManager<C>;
  readonly #reports: WorkerReports;
  readonly #rejoin = new Subject<void>();
  readonly #work = new Subscription();
  #membership: Subscription | undefined;
  #wanted: ReadonlyMap<string, C> = new Map();
  #assigned = NOTHING;
  #joined: Joined | undefined;
  /** Cameras of its slots that it must not run: computed at changes, not at each access to the state. */
  #unplaced: readonly OwnedCamera[] = [];
  #isDraining = false;
  /** Whether the lease held at the last check. */
  #held = false;

  constructor(readonly parts: WorkerParts<C>) {
    const { coordinator, facts, run } = parts;
    this.#lease = new Lease(coordinator.times.sessionMs - FLEET.leaseMarginMs);
    this.#leader = new Leader(() => [...this.#wanted].map(([key, config]) => ({ key, labels: parts.labelsOf(config) })));
    this.#slots = new SlotManager<C>({
      worker: facts.worker, coordinator, lease: this.#lease, run, changed: () => { this.#changed(); }, gone: (slot) => { this.#gone(slot); },
    });
    this.#reports = new WorkerReports(coordinator, facts, {
      slots: () => this.#slots.slots, state: () => this.state, isWanted: (key) => this.#wanted.has(key),
    });
    this.#work.add(coordinator.rows('workers').subscribe(({ rows }) => { for (const { key, value } of rows) this.#noteRow(key, value); }));
    this.#work.add(ticks(FLEET.reviewMs).subscribe(() => { if (this.#joined?.isLeader === true && this.#leader.wantsRound) this.#rejoin.next(); }));
    this.#work.add(ticks(LOOK_MS).subscribe(() => { this.#look(); }));
  }

  get state(): FleetState {
    const { worker, capacity } = this.parts.facts;
    const status = this.#isDraining ? 'draining' : this.#joined === undefined ? 'joining' : this.#lease.holds ? 'member' : 'lapsed';
    const { generation = 0, isLeader = false } = this.#joined ?? {};
    const { cameras, count: slots, load } = this.#slots;
    return {
      fleet: this.parts.coordinator.name, worker, status, generation, isLeader, workers: this.#assigned.workers,
      cameras: [...cameras, ...this.#unplaced], slots, requested: this.#wanted.size, capacity, load,
    };
  }

  /** Sets the cameras of the whole fleet. The first call joins. */
  want(cameras: ReadonlyMap<string, C>): void {
    this.#wanted = cameras;
    this.#membership ??= this.#join();
    this.#distribute();
  }

  /** Releases its slots, and leaves. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#rejoin.next();
    this.#leaveWhenEmpty();
    this.#changed();
  }

  /** Stops all cameras, and leaves the group, at once. */
  end(): void {
    this.#membership?.unsubscribe();
    this.#work.unsubscribe();
    this.#reports.end();
    this.#slots.end();
  }

  #join(): Subscription {
    const { coordinator } = this.parts;
    return coordinator.join({
      ...coordinator.times, rejoin$: this.#rejoin,
      describe: () => writeMetadata({ ...this.parts.facts, isDraining: this.#isDraining, owned: this.#slots.owned, costs: this.#slots.costs }),
      assign: (members, slots) => {
        this.#noteSilence();
        return this.#leader.assign(members, slots);
      },
    }).subscribe((event) => { this.#on(event); });
  }

  #on(event: GroupEvent): void {
    if (event.type === 'accepted') {
      this.#noteSilence();
      this.#lease.confirm(event.sent);
      this.#slots.renewed();
      this.#look();
      return;
    }
    if (event.type === 'joined') this.#onJoined(event);
    else if (event.type === 'lost') {
      this.#lease.end();
      this.#noteSilence();
    }
    this.#changed();
  }

  /**
   * Handles a lease that has expired without an answer: the coordinator was away, or this worker was cut off. When the
   * coordinator is back, some heartbeats arrive before it ends the sessions, and some too late.
   */
  #noteSilence(): void {
    if (!this.#lease.holds) this.#leader.expect(this.#assigned.workers);
  }

  /** Checks the lease, which ends, and begins again, without another event. */
  #look(): void {
    const { holds } = this.#lease;
    if (holds !== this.#held) this.#changed();
    this.#held = holds;
  }

  #onJoined(joined: Joined): void {
    this.#joined = joined;
    this.#assigned = readAssignment(joined.text);
    const { slots, unplaced, from } = this.#assigned;
    const none = new Set(unplaced);
    // Before the lease is renewed: if it had lapsed, messages of slots that are now another worker's must not leave.
    this.#slots.assign(new Set(slots.filter((slot) => !none.has(slot))), from);
    this.#lease.confirm(joined.sent);
    this.#distribute();
    this.#slots.claim();
    this.#slots.renewed();
    this.#leaveWhenEmpty();
  }

  /** Called when a slot is released. If it was assigned again in the meantime, another round acquires it. */
  #gone(slot: number): void {
    if (this.#assigned.slots.includes(slot) && !this.#assigned.unplaced.includes(slot)) this.#rejoin.next();
    this.#leaveWhenEmpty();
    this.#changed();
  }

  /** Assigns each slot its cameras, except those whose labels this worker lacks. */
  #distribute(): void {
    if (this.#joined === undefined) return;
    const { facts, labelsOf } = this.parts;
    const requested: Requested<C> = {
      cameras: this.#wanted, slots: this.#joined.slots, labelsOf,
      suits: (config) => labelsOf(config).every((label) => facts.labels.includes(label)),
    };
    this.#slots.want(camerasBySlot(requested));
    this.#unplaced = unplacedCameras(requested, this.#assigned);
    this.#changed();
  }

  #noteRow(key: string, value: string | undefined): void {
    const row = readObject(value);
    const { costs, own } = row;
    const released = key.startsWith('slot/') ? readReleased(row) : undefined;
    if (key.startsWith('worker/') && Array.isArray(own)) this.#leader.owns(key.slice('worker/'.length), own as number[]);
    if (released !== undefined) this.#slots.released(Number(key.slice('slot/'.length)), released);
    else if (key === `drain/${this.parts.facts.worker}` && wall() - Number(value) < FLEET.settleMs) this.drain();
    else if (Array.isArray(costs)) this.#leader.measured(new Map(costs as [number, number][]));
  }

  #leaveWhenEmpty(): void {
    if (!this.#isDraining || !this.#slots.isEmpty || this.#assigned.slots.length > 0) return;
    this.#membership?.unsubscribe();
    this.#reports.end();
    this.#work.add(this.#reports.leave().subscribe({ complete: () => { this.parts.drained(); } }));
  }

  #changed(): void {
    this.#reports.changed();
    this.parts.changed();
  }
}
