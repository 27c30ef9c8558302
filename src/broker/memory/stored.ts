/** A message in the embedded broker. */
export interface StoredMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** 0, 1, 2 … in its topic, as a decimal string. */
  readonly offset: string;
  /** Wall clock in ms since 1970. */
  readonly storedAt: number;
}
