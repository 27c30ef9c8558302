/** Turns an encoded frame into bytes and headers, and back. */
export { FORMATS, type FormatName, ONLY_IN, TO_MESSAGE_SCHEMA } from './formats.js';
export { type HeaderPositions, PackedHeaders, PlainHeaders } from './headers.js';
export { type MessageRecord, Received, type ReceivedParts } from './received.js';
export { type Gap, type GapCause, type Verdict, Verified, Verifier, type VerifyStats } from './verify/index.js';
export type { MessageContext, MessageFormatter } from './format.js';
