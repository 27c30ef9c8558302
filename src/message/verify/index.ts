/** Verdicts on received messages, and the gaps between them. */
export { type Gap, type GapCause, type Verdict, Verified } from './verified.js';
export { Verifier, type VerifyStats } from './verifier.js';
