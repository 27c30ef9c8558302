/** The consumer of the fleet's soak test: finds missing messages without a reported cause, and, by the records of claims, the worker that sent each message. */
import type { Subscription } from 'rxjs';
import { type Broker, type Gap, type Verified, type Verify, subscribe, verify } from 'rxcam';
import { slotOf } from '../../../src/fleet/index.js';

const SLOTS = 256;

interface Sender { readonly id: string; readonly epoch: number | undefined; last: string }

/** Whole messages that were sent under one claim. */
interface ClaimCount { readonly camera: string; readonly slot: number; readonly epoch: number; count: number }

export class FleetConsumer {
  readonly problems = new Set<string>();
  /** Reported gaps, by cause. */
  readonly gaps = new Map<string, number>();
  /** Changes of owner: those that name the last message of the old owner, and those that state that it is unknown. */
  readonly handovers = { named: 0, unknown: 0 };
  readonly #check: Verify = verify({ keep: ['fenced', 'repeated', 'torn'] });
  readonly #senders = new Map<string, Sender>();
  readonly #past = new Set<string>();
  readonly #claimCounts = new Map<string, ClaimCount>();
  /** Workers by slot and epoch. */
  readonly #claims = new Map<string, string>();
  readonly #reading: Subscription;

  constructor(broker: Broker) {
    this.#reading = subscribe(broker, { topic: 'video', from: 'earliest' }).pipe(this.#check).subscribe({
      next: (one) => { this.#note(one); },
      error: (error: unknown) => { this.problems.add(`the consumer ended with ${String(error)}`); },
      complete: () => { this.problems.add('the consumer completed'); },
    });
    this.#reading.add(subscribe(broker, { topic: 'rxcam.claims', from: 'earliest' }).subscribe(({ partition, offset, value }) => {
      this.#claims.set(`${partition ?? -1} ${offset ?? ''}`, (JSON.parse(value.toString()) as { worker: string }).worker);
    }));
  }

  get verdicts(): string {
    const { whole, repeated, torn, fenced, late, dropped, lost, takeovers } = this.#check.stats;
    return `whole ${whole}, repeated ${repeated}, torn ${torn}, fenced ${fenced}, dropped ${dropped}, lost ${lost - late}, takeovers ${takeovers}; `
      + `changes of owner with a handover ${this.handovers.named}, without ${this.handovers.unknown}`;
  }

  get whole(): number { return this.#check.stats.whole; }
  get cameras(): number { return this.#senders.size; }

  /** Faults that the counts of `verify` show. */
  get wrong(): string[] {
    const { torn, lost, late, expired } = this.#check.stats;
    return Object.entries({ torn, lost: lost - late, expired }).filter(([, count]) => count > 0).map(([name, count]) => `${count} messages ${name}`);
  }

  /** Whole messages of a worker, by camera. */
  of(worker: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { camera, slot, epoch, count } of this.#claimCounts.values()) {
      if (this.#claims.get(`${slot} ${epoch}`) === worker) counts.set(camera, (counts.get(camera) ?? 0) + count);
    }
    return counts;
  }

  stop(): void { this.#reading.unsubscribe(); }

  #note(one: Verified | Gap): void {
    if (one.verdict === 'gap') this.gaps.set(one.cause, (this.gaps.get(one.cause) ?? 0) + 1);
    else if (one.verdict === 'whole') this.#noteWhole(one);
  }

  #noteWhole(one: Verified): void {
    const { camera, id = '' } = one;
    const sender = id.slice(0, id.lastIndexOf('/'));
    const epoch = Number(one.header('ce_epoch') ?? NaN);
    if (Number.isNaN(epoch)) this.problems.add(`${id}: no epoch`);
    const before = this.#senders.get(camera);
    if (this.#past.has(sender)) this.problems.add(`${id}: whole, although ${before?.id ?? ''} had the camera`);
    if (before === undefined || before.id !== sender) {
      if (before !== undefined) this.#changed(one, before);
      this.#senders.set(camera, { id: sender, epoch, last: id });
    } else before.last = id;
    const slot = slotOf(camera, SLOTS);
    const name = `${camera} ${epoch}`;
    const claim = this.#claimCounts.get(name) ?? { camera, slot, epoch, count: 0 };
    claim.count++;
    this.#claimCounts.set(name, claim);
  }

  /** The first message of a new owner must name the last message of the old one, which must have been received, or state that it is unknown. */
  #changed(one: Verified, before: Sender): void {
    this.#past.add(before.id);
    const handover = one.header('ce_handover');
    if (handover === 'unknown') this.handovers.unknown++;
    else if (handover === before.last) this.handovers.named++;
    else this.problems.add(`${one.id ?? ''}: ce_handover is ${handover ?? 'missing'}, the last message of the old owner was ${before.last}`);
  }
}
