/** A message in the embedded broker. */
export interface StoredMessage {
  /** Topic of the message. */
  readonly topic: string;
  /** Key of the message. */
  readonly key: string;
  /** The bytes of the message. */
  readonly value: Buffer;
  /** Headers by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields in place of a value, for formats that write them to Redis. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** 0, 1, 2 … in its topic, as a decimal string. */
  readonly offset: string;
  /** Wall clock in ms since 1970. */
  readonly storedAt: number;
}
