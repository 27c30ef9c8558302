/** The wire formats by name: one more is a file here and a line in FORMATS. */
import { cloudevents } from './cloudevents/index.js';
import type { MessageFormatter } from './format.js';
import { matrice } from './matrice/index.js';

export { type HeaderPlaces, PackedHeaders, PlainHeaders } from './headers.js';
export { type Holding, Received, type ReceivedParts } from './received.js';
export { type Gap, type GapCause, type Verdict, Verified, Verifier, type VerifyStats } from './verify/index.js';
export type { MessageContext, MessageFormatter } from './format.js';

/** Every format that `toMessage({ format })` knows. */
export const FORMATS = { cloudevents, matrice } as const satisfies Record<string, MessageFormatter>;

/** Name of a format. */
export type FormatName = keyof typeof FORMATS;

/** Options of `toMessage` that only one format takes. */
export const ONLY_IN: Readonly<Record<string, FormatName>> = {
  headers: 'cloudevents', serviceId: 'matrice', stripInputContent: 'matrice',
};
