/** Readers of received messages: one for each wire format. */
import type { Facts } from './facts.js';
import type { MessageHeaders } from './headers.js';
import { peekCloudevents, readCloudevents } from './cloudevents/index.js';
import { peekMatrice, readMatrice } from './matrice/index.js';

/** Reads a message; undefined if it has another format. */
export type FactsReader = (value: Buffer, headers: MessageHeaders) => Facts | undefined;

const READERS: readonly FactsReader[] = [readCloudevents, readMatrice];

/** The facts in a message; of a message in an unknown format only its bytes. */
export function factsOf(value: Buffer, headers: MessageHeaders): Facts {
  for (const read of READERS) {
    const facts = read(value, headers);
    if (facts !== undefined) return facts;
  }
  return { format: undefined, data: value };
}

/** The time of capture, which every message needs, without parsing the message; undefined if it states none. */
export function peekCapturedAt(value: Buffer, headers: MessageHeaders): number | undefined {
  return peekCloudevents(headers) ?? peekMatrice(value);
}
