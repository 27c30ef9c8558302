/** Manages the slots of a worker: claims them, assigns their cameras, releases them. */
import { EMPTY, NEVER, type Observable, Subscription, asyncScheduler, catchError, concat, defer, share, switchMap, timer } from 'rxjs';
import type { Claimed, Coordination, Row } from '../../core/engine/coordination.js';
import type { Lease } from './lease.js';
import type { OwnedSlot } from '../plan/index.js';
import { SlotRun } from './slot-run.js';
import type { OwnedCamera, RunCamera } from '../types.js';
import { type FormerOwner, type Released, writeReleased } from '../worker-protocol.js';

/** Wait before claims that were not written are sent again; ms. */
const CLAIM_AGAIN_MS = 500;

export interface SlotManagerParts<C> {
  readonly worker: string;
  readonly coordinator: Pick<Coordination, 'claim' | 'write'>;
  readonly lease: Lease;
  readonly run: RunCamera<C>;
  /** Called when the state has changed. */
  changed(): void;
  /** Called when a slot is released; it may have been assigned again in the meantime. */
  gone(slot: number): void;
}

export class SlotManager<C> {
  readonly #slots = new Map<number, SlotRun<C>>();
  /** The last release of each slot. */
  readonly #released = new Map<number, Released>();
  readonly #work = new Subscription();
  /** Slots that are about to be reported as released. */
  #reporting: Reporting | undefined;
  /** Number of lapses of the lease when claims were last sent. */
  #claimedLapses = 0;
  /** Whether there were slots to claim while the lease did not hold. */
  #mustClaim = false;

  constructor(readonly parts: SlotManagerParts<C>) {}

  get isEmpty(): boolean { return this.#slots.size === 0; }
  get count(): number { return this.#slots.size; }
  get slots(): Iterable<SlotRun<C>> { return this.#slots.values(); }
  get cameras(): OwnedCamera[] { return [...this.#slots.values()].flatMap((slot) => slot.owned); }

  /** Its slots, as reported to the group. */
  get owned(): OwnedSlot[] {
    return [...this.#slots.values()].flatMap(({ slot, epoch, isWarm, phase }) => (epoch === undefined || phase === 'releasing' ? [] : [{ slot, epoch, isWarm }]));
  }

  /** Measured cost of all slots, in cores. */
  get load(): number { return [...this.#slots.values()].reduce((sum, { cost }) => sum + cost, 0); }

  /** Measured costs of slots, in cores. */
  get costs(): ReadonlyMap<number, number> {
    return new Map([...this.#slots.values()].map(({ slot, cost }) => [slot, cost] as const).filter(([, cost]) => cost > 0));
  }

  /** Acquires these slots, and releases all others. */
  assign(mine: ReadonlySet<number>, from: ReadonlyMap<number, FormerOwner>): void {
    for (const [number, slot] of this.#slots) if (!mine.has(number)) this.#lose(slot);
    const { lease, run } = this.parts;
    const changed = () => { this.parts.changed(); };
    for (const number of mine) {
      if (!this.#slots.has(number)) this.#slots.set(number, new SlotRun<C>(number, lease, run, from.get(number), changed));
    }
  }

  /** Assigns each slot its cameras. */
  want(bySlot: ReadonlyMap<number, ReadonlyMap<string, C>>): void {
    const none = new Map<string, C>();
    for (const [number, slot] of this.#slots) slot.want(bySlot.get(number) ?? none);
  }

  /** Called when the lease was renewed: held messages are sent, or their slots must first be claimed again. */
  renewed(): void {
    if (this.#mustClaim || this.parts.lease.lapses !== this.#claimedLapses) this.claim();
    for (const { fence } of this.#slots.values()) fence.renewed();
  }

  /** Called when the former owner of a slot has released it. */
  released(number: number, released: Released): void {
    this.#released.set(number, released);
    this.#slots.get(number)?.released(released);
  }

  /** Claims slots. The coordinator assigns their epochs; after a lapse, no message is sent until they are known. */
  claim(only?: readonly number[]): void {
    const { lease, coordinator, worker } = this.parts;
    const { holds, lapses } = lease;
    this.#mustClaim = !holds;
    if (!holds) return;
    this.#claimedLapses = lapses;
    const open = [...this.#slots.values()].filter(({ slot, phase }) => phase !== 'releasing' && only?.includes(slot) !== false);
    if (open.length === 0) return;
    const missing = new Map(open.map((slot) => [slot.slot, slot]));
    const again = () => {
      const left = [...missing].filter(([number, slot]) => this.#slots.get(number) === slot).map(([number]) => number);
      if (left.length > 0) this.#work.add(asyncScheduler.schedule(() => { this.claim(left); }, CLAIM_AGAIN_MS));
    };
    this.#work.add(coordinator.claim(worker, open.map(({ slot, epoch }) => ({ slot, since: epoch }))).subscribe({
      next: (claimed) => { this.#claimed(claimed, missing, lapses); },
      error: again, complete: again,
    }));
  }

  /** Stops all cameras at once: messages that are not sent are lost. */
  end(): void {
    this.#work.unsubscribe();
    for (const slot of this.#slots.values()) slot.end();
    this.#slots.clear();
  }

  #claimed(claimed: Claimed, missing: Map<number, SlotRun<C>>, lapses: number): void {
    const { slot: number } = claimed;
    const slot = missing.get(number);
    missing.delete(number);
    if (slot !== undefined && this.#slots.get(number) === slot) slot.claimed(claimed, lapses, this.#released.get(number));
  }

  /** Releases a slot that another worker now owns. If the lease has held, this worker still sends its last messages. */
  #lose(slot: SlotRun<C>): void {
    if (slot.phase === 'releasing') return;
    const { slot: number, epoch = -1 } = slot;
    const { worker } = this.parts;
    const gone = () => {
      this.#slots.delete(number);
      this.parts.gone(number);
    };
    // A slot without a claim has no handover.
    if (slot.epoch === undefined || (slot.hasBegun && slot.fence.state !== 'open')) {
      slot.end();
      gone();
      return;
    }
    const released$ = defer(() => this.#reportReleased({ key: `slot/${number}`, value: writeReleased({ epoch, handover: slot.handover }, worker) }));
    this.#work.add(concat(slot.release(), released$).pipe(catchError(() => EMPTY)).subscribe({ complete: gone }));
  }

  /** Slots that are released at once are reported in one request, for which their new owners wait. */
  #reportReleased(row: Row): Observable<never> {
    const { coordinator } = this.parts;
    const batch = this.#reporting ?? { rows: [], written$: NEVER };
    batch.rows.push(row);
    if (batch !== this.#reporting) {
      this.#reporting = batch;
      batch.written$ = timer(0).pipe(switchMap(() => {
        this.#reporting = undefined;
        return coordinator.write('workers', batch.rows);
      }), share());
    }
    return batch.written$;
  }
}

interface Reporting { readonly rows: Row[]; written$: Observable<never> }
