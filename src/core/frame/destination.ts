/** The destination of a message, and the parts of the message that depend on it. */

/** The destination of a message; only `publish` knows it. */
export interface Destination {
  /** Kind of broker: `kafka`, `redis`, `memory` … */
  readonly kind: string;
  /** `host:port`, several with commas; absent if there is none, or it is not known yet. */
  readonly servers?: string;
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
}

/** The parts of a message that depend on its destination. */
export interface CompletedMessage {
  /** The bytes of the message. */
  readonly value: Buffer;
  /** Fields of a Redis entry. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** Redis: a consumer group to create on the stream. */
  readonly consumerGroup?: string;
}
