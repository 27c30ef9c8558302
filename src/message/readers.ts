/** Who reads a received message: one reader for each wire format. */
import type { Facts } from './facts.js';
import type { Headers } from './headers.js';
import { peekCloudevents, readCloudevents } from './cloudevents/index.js';
import { peekMatrice, readMatrice } from './matrice/index.js';

/** Reads a message, or says that it is none of its format. */
export type FactsReader = (value: Buffer, headers: Headers) => Facts | undefined;

const READERS: readonly FactsReader[] = [readCloudevents, readMatrice];

/** What a message says; of a format that is not known only its bytes. */
export function factsOf(value: Buffer, headers: Headers): Facts {
  for (const read of READERS) {
    const facts = read(value, headers);
    if (facts !== undefined) return facts;
  }
  return { format: undefined, data: value };
}

/** The time of capture, without reading the message: what every message is asked for must cost little. */
export function peekCapturedAt(value: Buffer, headers: Headers): number | undefined {
  return peekCloudevents(headers) ?? peekMatrice(value);
}
