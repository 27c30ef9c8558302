/** Messages for failures of Kafka, without secrets. */
import { BrokerUnauthorized, BrokerUnavailable, MessageTooLarge, type RxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import { isUnauthorized } from './client/index.js';

const RIGHTS = 'the login needs Write and Describe on the topic, and Create where rxcam is to make it';

export class KafkaFailures {
  readonly #secrets: readonly string[];

  constructor(readonly address: () => string, sasl: object | undefined) {
    this.#secrets = Object.entries(sasl ?? {}).flatMap(([name, value]) =>
      (typeof value === 'string' && name !== 'mechanism' && name !== 'username' ? [value] : []));
  }

  /** A failure that passes, perhaps once somebody grants a right: it is retried without limit. */
  of(error: unknown, topic?: string): RxcamError {
    const text = `kafka at ${this.address()}:${topic === undefined ? '' : ` topic '${topic}':`} ${this.#text(error)}`;
    return isUnauthorized(error) ? new BrokerUnauthorized(`${text} (${RIGHTS})`) : new BrokerUnavailable(text);
  }

  tooLarge(error: unknown): MessageTooLarge {
    return new MessageTooLarge(`kafka at ${this.address()}: ${this.#text(error)}`);
  }

  redact(text: string): string {
    return redact(text, this.#secrets);
  }

  #text(error: unknown): string {
    return this.redact(error instanceof Error ? error.message : String(error));
  }
}
