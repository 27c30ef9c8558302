/** A reading under test: its messages, its errors, and waiting for either. */
import { randomUUID } from 'node:crypto';
import { Subject, type Subscription, filter, firstValueFrom, from, lastValueFrom, startWith, toArray } from 'rxjs';
import { publish, subscribe, type SubscribeConfig, verify, type Verify } from '../../operators/index.js';
import type { Broker } from '../../src/broker/index.js';
import type { CameraMessage, EncodedFrame } from '../../src/core/frame/frame.js';
import type { RxcamError } from '../../src/core/errors/errors.js';
import type { Gap, Verified } from '../../src/message/index.js';
import { cloudevents } from '../../src/message/cloudevents/cloudevents.js';
import { message } from '../unit/broker/outbox-fakes.js';
import { threeQuestions } from '../services/index.js';

export class ReadingUnderTest {
  readonly messages: Verified[] = [];
  readonly gaps: Gap[] = [];
  readonly errors: RxcamError[] = [];
  readonly check: Verify = verify();
  completed = false;
  failure: unknown;
  readonly #changed = new Subject<void>();
  readonly #reception;
  readonly #subscription: Subscription;

  constructor(readonly broker: Broker, config: SubscribeConfig, readonly secrets: readonly string[] = []) {
    this.#reception = subscribe(broker, config);
    this.#reception.errors$.subscribe((error) => {
      this.errors.push(error);
      this.#changed.next();
    });
    this.#subscription = this.#reception.pipe(this.check).subscribe({
      next: (one) => {
        if (one.verdict === 'gap') this.gaps.push(one);
        else this.messages.push(one);
        this.#changed.next();
      },
      error: (error: unknown) => { this.failure = error; this.#changed.next(); },
      complete: () => { this.completed = true; this.#changed.next(); },
    });
  }

  get stats() { return this.#reception.stats; }
  get orders(): (number | undefined)[] { return this.messages.map(({ inputOrder }) => inputOrder); }

  /** Resolves when it is so; the test's own timeout is the limit. */
  async when(isSo: () => boolean): Promise<void> {
    await firstValueFrom(this.#changed.pipe(startWith(undefined), filter(isSo)));
  }

  receives(count: number): Promise<void> {
    return this.when(() => this.messages.length >= count);
  }

  /** Resolves when the broker has answered, which no event reports. */
  async connects(): Promise<void> {
    while (this.stats.status !== 'connected') await new Promise((resolve) => { setTimeout(resolve, 5); });
  }

  /** Ends it, and asks the three questions. */
  async stop(): Promise<void> {
    this.#subscription.unsubscribe();
    await this.broker.close({ deadlineMs: 0 });
    await threeQuestions({ secrets: this.secrets, errors: [...this.errors, this.failure], logs: [this.broker.address, this.stats] });
  }
}

/** Numbers messages of a camera over several calls, as one run of a sender. */
export class Sender {
  #order = 0;
  readonly #run = randomUUID();

  constructor(readonly broker: Broker, readonly topic: string, readonly key = 'cam') {}

  /** Publishes so many, and waits for their acknowledgements. */
  async send(count: number, bytes = 1_000): Promise<void> {
    const made = Array.from({ length: count }, () => {
      const order = ++this.#order;
      const one = message(order, { camera: this.key, key: this.key, capturedAt: Date.now() });
      return this.#message(one, { ...one, data: Buffer.alloc(bytes, order), codec: 'h265', encoder: 'test', encodeMs: 0 });
    });
    await this.#publish(made);
  }

  /** The same for pictures that can be decoded. */
  async sendFrames(frames: readonly EncodedFrame[]): Promise<void> {
    await this.#publish(frames.map((frame) => this.#message(message(++this.#order, { camera: this.key, key: this.key, capturedAt: Date.now() }), frame)));
  }

  async #publish(made: readonly CameraMessage[]): Promise<void> {
    await lastValueFrom(from(made).pipe(publish(this.broker, { topic: this.topic }), toArray()));
  }

  #message(one: CameraMessage, frame: EncodedFrame): CameraMessage {
    const order = one.inputOrder;
    const context = { camera: this.key, run: 1, inputOrder: order, processRun: this.#run, key: this.key };
    const { headers = {}, id = '' } = cloudevents(frame, context);
    return { ...one, id, value: frame.data, headers };
  }
}

export const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index);
