/** One slot of this worker, from its claim to its release. */
import { isDeepStrictEqual } from 'node:util';
import { EMPTY, type Observable, Subject, Subscription, asyncScheduler, concat, defer, ignoreElements, merge, take, takeUntil, timer } from 'rxjs';
import { FLEET } from '../../core/defaults/fleet.js';
import type { Claimed } from '../../core/engine/coordination.js';
import { CameraRun } from './camera-run.js';
import type { Lease } from './lease.js';
import { SlotFence } from './slot-fence.js';
import type { OwnedCamera, RunCamera } from '../types.js';
import { type FormerOwner, type Handover, LOST_HANDOVER, NO_HANDOVER, type Released } from '../worker-protocol.js';

/** The cameras of a slot that this worker may run. */
export type SlotCameras<C> = ReadonlyMap<string, C>;

export class SlotRun<C> {
  fence: SlotFence;
  /** `claiming`, then `waiting` for the former owner, then `running`; `releasing` when another worker has it. */
  phase: 'claiming' | 'waiting' | 'running' | 'releasing' = 'claiming';
  readonly #cameras = new Map<string, CameraRun<C>>();
  /** Cameras that are ending, because their configuration has changed or they were removed. */
  readonly #stopping = new Map<string, Subscription>();
  readonly #timers = new Subscription();
  #wanted: SlotCameras<C> = new Map();
  /** Whether no worker has had the slot before. */
  #isNew = false;
  /** Whether all pictures of its cameras had been sent, or counted as dropped, when the cameras ended. */
  #isClean = true;
  #hasBegun = false;
  /** The former owner's handover, once it has released the slot. */
  #offer: Handover | undefined;
  readonly #offers = new Subject<void>();

  constructor(
    readonly slot: number, readonly lease: Lease, readonly run: RunCamera<C>, readonly former: FormerOwner | undefined, readonly changed: () => void,
  ) {
    this.fence = new SlotFence(lease);
  }

  /** Epoch of the last claim; undefined before the first. */
  get epoch(): number | undefined { return this.fence.epoch < 0 ? undefined : this.fence.epoch; }
  get isWarm(): boolean { return this.phase === 'running' && this.#cameras.size > 0; }

  get cost(): number {
    return [...this.#cameras.values()].reduce((sum, { report }) => sum + (report.cost ?? 0), 0);
  }

  get cameras(): readonly CameraRun<C>[] { return [...this.#cameras.values()]; }

  get owned(): OwnedCamera[] {
    const { slot, epoch } = this;
    return [...this.#wanted.keys()].map((key): OwnedCamera => {
      const camera = this.#cameras.get(key);
      const state = this.phase === 'releasing' ? 'stopping' : camera?.state ?? 'waiting';
      return { key, slot, epoch, state, ...(camera?.error !== undefined && camera.state === 'failed' && { error: camera.error }) };
    });
  }

  /** Whether its cameras have been started: there may be messages to send, or to drop. */
  get hasBegun(): boolean { return this.#hasBegun; }

  /** The handover for the next owner. A slot that has not begun passes on that of its former owner. */
  get handover(): Handover {
    if (!this.#hasBegun) return this.#offer ?? LOST_HANDOVER;
    return this.#isClean ? this.fence.after : LOST_HANDOVER;
  }

  /** Called when the slot is claimed. If another worker owned it in between, pictures captured under the old claim are dropped. */
  claimed({ epoch, hasRival, isFirst }: Claimed, lapses: number, released: Released | undefined): void {
    if (this.phase === 'releasing') return;
    if (hasRival && this.phase === 'running') {
      this.#endAll();
      this.fence = new SlotFence(this.lease);
      this.fence.before = LOST_HANDOVER;
    }
    this.fence.claimed(epoch, lapses);
    if (this.phase === 'claiming') {
      this.phase = 'waiting';
      this.#isNew = isFirst;
      this.#timers.add(asyncScheduler.schedule(() => { this.#begin(LOST_HANDOVER); }, FLEET.releaseMs));
      this.released(released);
    } else if (this.phase === 'running') this.#adjust();
    this.changed();
  }

  /** Called with the last release of the slot. The cameras start if its former owner released it, or if it has none. */
  released(released: Released | undefined): void {
    const { former, epoch = -1 } = this;
    if (former !== undefined) {
      if (released === undefined || released.epoch < former.epoch) return;
      this.#offer = released.handover;
      this.#offers.next();
      this.#begin(released.handover);
      return;
    }
    // No worker has claimed it between that owner and this one.
    const isNext = released?.epoch === epoch - 1;
    this.#begin(isNext ? released.handover : this.#isNew ? NO_HANDOVER : LOST_HANDOVER);
  }

  /** Sets the cameras of the slot. */
  want(cameras: SlotCameras<C>): void {
    this.#wanted = cameras;
    if (this.phase === 'running') this.#adjust();
  }

  /** Stops the cameras; completes when the last message of each is acknowledged, or at the time limit. */
  release(): Observable<never> {
    return defer(() => {
      // The former owner may still be sending its last messages.
      const offered$ = this.phase === 'waiting' ? this.#offers.pipe(take(1), ignoreElements(), takeUntil(timer(FLEET.releaseMs))) : EMPTY;
      this.phase = 'releasing';
      this.#timers.unsubscribe();
      this.changed();
      const all = [...this.#cameras.values()].map((camera) => camera.stop());
      return concat(merge(offered$, ...all), defer(() => {
        this.#isClean = [...this.#cameras.values()].every(({ isLate }) => !isLate);
        this.end();
        return [];
      }));
    });
  }

  /** Ends the cameras at once: another worker already has the slot. */
  end(): void {
    this.phase = 'releasing';
    this.#timers.unsubscribe();
    this.#endAll();
  }

  #begin(before: Handover): void {
    if (this.phase !== 'waiting') return;
    this.phase = 'running';
    this.#hasBegun = true;
    this.fence.before = before;
    this.#adjust();
  }

  #endAll(): void {
    this.fence.end();
    for (const stopping of this.#stopping.values()) stopping.unsubscribe();
    for (const camera of this.#cameras.values()) camera.end();
    this.#stopping.clear();
    this.#cameras.clear();
  }

  /** Starts and stops cameras: one whose configuration has changed is stopped before it starts again. */
  #adjust(): void {
    for (const [key, camera] of this.#cameras) {
      if (this.#wanted.has(key) && isDeepStrictEqual(this.#wanted.get(key), camera.config)) continue;
      if (this.#stopping.has(key)) continue;
      this.#stopping.set(key, new Subscription());
      this.#stopping.get(key)?.add(camera.stop().subscribe({ complete: () => {
        this.#stopping.delete(key);
        this.#cameras.delete(key);
        if (this.phase === 'running') this.#adjust();
      } }));
    }
    for (const [key, config] of this.#wanted) {
      if (this.#cameras.has(key) || this.phase !== 'running') continue;
      this.#cameras.set(key, new CameraRun(key, config, { slot: this.slot, fence: this.fence }, this.run, this.changed));
    }
    this.changed();
  }
}
