/** Parses Redis entries to messages: the fields of an entry are copied together, and stay bytes. */
import { type HeaderPositions, PackedHeaders, Received } from '../../../message/index.js';
import { compactPart } from '../../reading/index.js';
import { timeOfId } from './ids.js';

/** An entry from the client: its id, then names and values in turn. */
export type RedisEntry = [id: Buffer, fields: Buffer[]];

/** Names of the field with the picture's bytes, in cloudevents and in matrice, and of the field with the key; the first one found is used. */
const VALUE_FIELDS = ['data', 'input_stream'];
const KEY_FIELDS = ['_message_key', 'ce_key'];

/** Parses entries of one stream, most of which have the same fields. */
export class EntryReader {
  #names: readonly Buffer[] = [];
  #texts: readonly string[] = [];

  constructor(readonly topic: string) {}

  /** The message of an entry. @param wantedKey - if given, returns undefined for a message with another key */
  read([id, fields]: RedisEntry, wantedKey: string | undefined): Received | undefined {
    const names = this.#namesOf(fields);
    const valueOf = (name: string): Buffer | undefined => fields[2 * names.indexOf(name) + 1];
    const keyName = KEY_FIELDS.find((name) => names.includes(name));
    const key = keyName === undefined ? undefined : valueOf(keyName)?.toString();
    if (wantedKey !== undefined && key !== wantedKey) return undefined;
    const valueName = VALUE_FIELDS.find((name) => names.includes(name));
    const value = valueName === undefined ? Buffer.alloc(0) : compactPart(valueOf(valueName) as Buffer);
    const streamId = id.toString();
    return new Received({ topic: this.topic, key, value, headers: pack(names, fields, valueName), streamId, timestamp: timeOfId(streamId) });
  }

  /** The names of the fields. Decodes them only if they differ from those of the last entry. */
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

/** Copies all values except the picture's bytes into one buffer. */
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
