/** A consumer for each camera of the soak test. It must receive every message that its camera has published, whole. */
import type { Subscription } from 'rxjs';
import { type Broker, type Reception, type Verify, type VerifyStats, subscribe, verify } from 'rxcam';

export class SoakConsumer {
  readonly #check: Verify = verify();
  readonly #messages: Reception;
  readonly #subscription: Subscription;
  #failure: string | undefined;

  /** @param broker - a separate handle, which shares no connection with the camera */
  constructor(broker: Broker, topic: string, key: string) {
    this.#messages = subscribe(broker, { topic, key, from: 'earliest' });
    this.#subscription = this.#messages.pipe(this.#check).subscribe({
      error: (error: unknown) => { this.#failure = `the consumer ended with ${String(error)}`; },
      complete: () => { this.#failure = 'the consumer completed'; },
    });
  }

  get verdicts(): VerifyStats { return this.#check.stats; }
  get failures(): number { return this.#messages.stats.failures; }
  get status(): string { return this.#messages.stats.status; }

  /** Faults that must not happen, if any did. Messages that the sender dropped or sent again do not count. */
  get problems(): string[] {
    const { torn, lost, expired, late } = this.verdicts;
    const wrong = Object.entries({ torn, lost: lost - late, expired }).filter(([, count]) => count > 0).map(([name, count]) => `${count} messages ${name}`);
    return this.#failure === undefined ? wrong : [...wrong, this.#failure];
  }

  /** Whether it has received all published messages. It may have more: the acknowledgement of a message can be lost. */
  hasAll(published: number): boolean {
    return this.verdicts.whole >= published;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
