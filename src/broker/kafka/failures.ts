/** Messages for failures of Kafka, without secrets. */
import { BrokerUnauthorized, BrokerUnavailable, MessageTooLarge, type RxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import { isUnauthorized } from './client/index.js';

const TO_WRITE = 'the login needs Write and Describe on the topic, and Create if rxcam creates it';
const TO_READ = 'the login needs Read and Describe on the topic, and Read on the group if there is one';

export class KafkaFailures {
  readonly #secrets: readonly string[];

  constructor(readonly address: () => string, sasl: object | undefined) {
    this.#secrets = Object.entries(sasl ?? {}).flatMap(([name, value]) =>
      (typeof value === 'string' && name !== 'mechanism' && name !== 'username' ? [value] : []));
  }

  /** A temporary failure, perhaps until a right is granted: it is retried without limit. */
  of(error: unknown, topic?: string, rights = TO_WRITE): RxcamError {
    const text = `kafka at ${this.address()}:${topic === undefined ? '' : ` topic '${topic}':`} ${this.#text(error)}`;
    return isUnauthorized(error) ? new BrokerUnauthorized(`${text} (${rights})`) : new BrokerUnavailable(text);
  }

  /** The same failure for a reader. */
  ofReader(error: unknown, topic: string): RxcamError {
    return this.of(error, topic, TO_READ);
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
