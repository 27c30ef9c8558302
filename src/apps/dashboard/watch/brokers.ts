/** Watches a broker: its current state, and the last error. */
import { Subscription } from 'rxjs';
import type { Broker } from '../../../broker/index.js';
import { wall } from '../../../core/clock.js';
import type { BrokerWire, Trouble, TroubleText } from '../page-data.js';
import { adviceFor } from './history.js';
import { plainText } from './plain-text.js';

const TROUBLE: Readonly<Record<string, Trouble>> = { unavailable: 0, connected: 2, idle: 2, closed: 3 };

export class BrokerWatch {
  readonly #work = new Subscription();
  #error: TroubleText | undefined;

  constructor(readonly id: string, readonly broker: Broker) {
    this.#work.add(broker.errors$.subscribe(({ code, message }) => {
      this.#error = { code, message: plainText(message), advice: adviceFor(code), at: wall() };
    }));
  }

  stop(): void {
    this.#work.unsubscribe();
  }

  wire(): BrokerWire {
    const { status, outbox, throttledMs, waiting = [] } = this.broker.state;
    const trouble = TROUBLE[status] ?? 1;
    return {
      id: this.id, status, trouble: trouble === 2 && waiting.length > 0 ? 1 : trouble, outboxMessages: outbox.messages, outboxBytes: outbox.bytes,
      waiting: waiting.map(({ topic, error }) => ({ topic: plainText(topic), message: plainText(error.message) })),
      ...(throttledMs !== undefined && { throttledMs }), ...(this.#error !== undefined && { error: this.#error }),
    };
  }
}
