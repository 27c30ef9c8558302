/** The errors for failures of Kafka, without secrets. */
import { BrokerUnauthorized, BrokerUnavailable, MessageTooLarge, type RxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import { isUnauthorized } from './client/index.js';

const WRITE_RIGHTS = 'the login needs Write and Describe on the topic, and Create if rxcam creates it';
const READ_RIGHTS = 'the login needs Read and Describe on the topic, and Read on the group if there is one';

export class KafkaFailures {
  readonly #secrets: readonly string[];

  constructor(readonly address: () => string, sasl: object | undefined) {
    this.#secrets = Object.entries(sasl ?? {}).flatMap(([name, value]) =>
      (typeof value === 'string' && name !== 'mechanism' && name !== 'username' ? [value] : []));
  }

  /** A failure that is retried without limit: it may be temporary, or last until a right is granted. */
  of(error: unknown, topic?: string, rights = WRITE_RIGHTS): RxcamError {
    const text = `kafka at ${this.address()}:${topic === undefined ? '' : ` topic '${topic}':`} ${this.#text(error)}`;
    return isUnauthorized(error) ? new BrokerUnauthorized(`${text} (${rights})`) : new BrokerUnavailable(text);
  }

  /** The same for a reader, which needs other rights. */
  ofReader(error: unknown, topic: string): RxcamError {
    return this.of(error, topic, READ_RIGHTS);
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
