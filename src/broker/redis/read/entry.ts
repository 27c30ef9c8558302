/** Makes a message of a Redis entry: its fields are copied together, and kept as bytes. */
import { type HeaderPositions, PackedHeaders, Received } from '../../../message/index.js';
import { timeOfId } from './ids.js';

/** An entry from the client: its id, and names and values in turn. */
export type RedisEntry = [id: Buffer, fields: Buffer[]];

/** Names of the field with the picture's bytes: in cloudevents, and in matrice. */
const VALUES = ['data', 'input_stream'];
const KEYS = ['_message_key', 'ce_key'];
/** Picture's bytes are not copied if they are at least this share of their buffer. */
const OWN_SHARE = 0.75;

/** Parses entries of one stream, most of which have the same fields. */
export class EntryReader {
  #names: readonly Buffer[] = [];
  #texts: readonly string[] = [];

  constructor(readonly topic: string) {}

  /** @param only - only messages with this key; returns undefined for others */
  read([id, fields]: RedisEntry, only: string | undefined): Received | undefined {
    const names = this.#namesOf(fields);
    const at = (name: string): Buffer | undefined => fields[2 * names.indexOf(name) + 1];
    const keyName = KEYS.find((name) => names.includes(name));
    const key = keyName === undefined ? undefined : at(keyName)?.toString();
    if (only !== undefined && key !== only) return undefined;
    const valueName = VALUES.find((name) => names.includes(name));
    const value = valueName === undefined ? Buffer.alloc(0) : own(at(valueName) as Buffer);
    const streamId = id.toString();
    return new Received({ topic: this.topic, key, value, headers: pack(names, fields, valueName), streamId, timestamp: timeOfId(streamId) });
  }

  #namesOf(fields: readonly Buffer[]): readonly string[] {
    const count = fields.length / 2;
    const isSame = count === this.#names.length && this.#names.every((name, index) => name.equals(fields[2 * index] as Buffer));
    if (!isSame) {
      this.#names = Array.from({ length: count }, (_, index) => Buffer.from(fields[2 * index] as Buffer));
      this.#texts = this.#names.map(String);
    }
    return this.#texts;
  }
}

function pack(names: readonly string[], fields: readonly Buffer[], valueName: string | undefined): PackedHeaders {
  const bounds: number[] = [];
  const kept: string[] = [];
  const values: Buffer[] = [];
  let length = 0;
  for (const [index, name] of names.entries()) {
    if (name === valueName) continue;
    const value = fields[2 * index + 1] as Buffer;
    kept.push(name);
    values.push(value);
    bounds.push(length, length += value.length);
  }
  const places: HeaderPositions = { names: kept, bounds };
  return new PackedHeaders(Buffer.concat(values, length), () => places);
}

/** Copies a field if the client's buffer is much larger. */
function own(value: Buffer): Buffer {
  if (value.length >= value.buffer.byteLength * OWN_SHARE) return value;
  const copy = Buffer.allocUnsafeSlow(value.length);
  value.copy(copy);
  return copy;
}
