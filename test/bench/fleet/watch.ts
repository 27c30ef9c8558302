/** The consumer of the fleet benchmark: records the sender of each camera's messages, takeovers, and missing messages. */
import type { Subscription } from 'rxjs';
import type { Broker, Gap, Verified, Verify } from 'rxcam';
// @ts-expect-error -- the built package, as users have it
import * as rxcam from '../../../dist/bundle/index.js';
import { until } from './cluster.js';

const { subscribe, verify } = rxcam as typeof import('rxcam');

/** A change of the sender of a camera's messages. `gapMs` is the time from the last picture of the old sender to the first of the new one. */
export interface Takeover { readonly key: string; readonly at: number; readonly gapMs: number; readonly from: string; readonly to: string }

interface Seen { sender: string; worker: string; at: number; readonly past: Set<string> }

/** Counts at one time. */
export interface Counts {
  readonly at: number;
  readonly lost: number;
  readonly dropped: number;
  readonly torn: number;
  readonly fenced: number;
  readonly repeated: number;
  readonly stale: number;
  readonly takeovers: number;
}

export class Watch {
  readonly seen = new Map<string, Seen>();
  readonly takeovers: Takeover[] = [];
  /** Messages that `verify` emitted as whole, although another sender already had the camera. */
  #stale = 0;
  readonly #check: Verify = verify();
  readonly #reading: Subscription;

  constructor(broker: Broker, topic: string) {
    this.#reading = subscribe(broker, { topic, from: 'earliest' }).pipe(this.#check).subscribe((one) => { this.#note(one); });
  }

  get counts(): Counts {
    const { lost, late, dropped, torn, fenced, repeated, takeovers } = this.#check.stats;
    return { at: Date.now(), lost: lost - late, dropped, torn, fenced, repeated, stale: this.#stale, takeovers };
  }

  get total(): string { return JSON.stringify(this.#check.stats); }

  since({ at, ...before }: Counts): Omit<Counts, 'at'> & { readonly moved: readonly Takeover[] } {
    const now = this.counts;
    const differences = Object.fromEntries(Object.entries(before).map(([name, count]) => [name, now[name as keyof Counts] - count])) as unknown as Omit<Counts, 'at'>;
    return { ...differences, moved: this.takeovers.filter((one) => one.at >= at) };
  }

  /** Whether each camera has sent a picture that was captured after `at`. */
  flows(at: number, cameras: number): boolean {
    return this.seen.size >= cameras && [...this.seen.values()].every((one) => one.at > at);
  }

  /** Waits until there are `count` takeovers since `from`, or until `withinMs` have passed. */
  async until(from: Counts, count: number, withinMs: number): Promise<void> {
    await until(() => this.takeovers.filter(({ at }) => at >= from.at).length >= count, withinMs);
  }

  /** Waits until no camera has moved for `forMs`, or until `withinMs` have passed. */
  async still(forMs: number, withinMs: number): Promise<void> {
    await until(() => (this.takeovers.at(-1)?.at ?? 0) < Date.now() - forMs, withinMs);
  }

  stop(): void { this.#reading.unsubscribe(); }

  #note(one: Verified | Gap): void {
    if (one.verdict !== 'whole') return;
    const sender = one.id?.slice(0, one.id.lastIndexOf('/')) ?? '';
    const worker = one.data.toString('latin1', 0, one.data.indexOf('\n'));
    const at = one.capturedAt ?? one.timestamp;
    const before = this.seen.get(one.camera);
    if (before === undefined) this.seen.set(one.camera, { sender, worker, at, past: new Set() });
    else if (before.past.has(sender)) this.#stale++;
    else {
      if (before.sender !== sender) {
        this.takeovers.push({ key: one.camera, at, gapMs: at - before.at, from: before.worker, to: worker });
        before.past.add(before.sender);
      }
      Object.assign(before, { sender, worker, at });
    }
  }
}
