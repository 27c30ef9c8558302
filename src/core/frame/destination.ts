/** Where a message goes, and what it becomes once that is known. */

/** Where `publish` brings a message. */
export interface Destination {
  /** `kafka`, `redis`, `memory` … */
  readonly kind: string;
  /** `host:port`, several with commas; absent where there is none, or while it is not known. */
  readonly servers?: string;
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
}

/** What a message is once its destination is known. */
export interface Completed {
  readonly value: Buffer;
  /** Fields of a Redis entry. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** Redis: a consumer group that the stream is to have. */
  readonly consumerGroup?: string;
}
