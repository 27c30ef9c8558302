/** Lines that ffmpeg prints about failing sources: each kind of source declares its own rows. */
import type { ErrorCode } from './errors.js';

/** A pattern of a line on stderr, and the code of its failure. */
export type StderrRow = readonly [pattern: RegExp, code: ErrorCode];

/** Rows of one kind of source. In each list the first row that matches any line decides. */
export interface StderrRows {
  /** Answers of the source: they decide before all others. */
  readonly answers: readonly StderrRow[];
  /** Failures of opening and reading it: they decide only if no encoder has failed. */
  readonly failures: readonly StderrRow[];
}

/** Errors of the system about a file or a device, and of ffmpeg about an encoder or filter. */
const SYSTEM: StderrRow = [/No such (file or directory|device)|Cannot find a proper format|Is a directory|Permission denied|No such filter/i, 'SOURCE_NOT_FOUND'];

/** Rows for a device or a pattern, without network errors. */
export const LOCAL_ROWS: StderrRows = { answers: [], failures: [SYSTEM] };

/** Rows for sources that ffmpeg reads by a network protocol, directly or through rxcam's gate. */
export const NETWORK_ROWS: StderrRows = {
  answers: [
    [/401 Unauthorized|403 Forbidden|authorization failed|access denied/i, 'SOURCE_UNAUTHORIZED'],
    [/404 (Stream )?Not Found|410 Gone/i, 'SOURCE_NOT_FOUND'],
  ],
  failures: [
    [/Connection refused|Failed to resolve hostname|Name or service not known|Temporary failure in name resolution|No route to host|Network (is )?unreachable|Server returned [45](XX|\d\d)|Connection reset by peer|Broken pipe|Protocol not found|not on whitelist/i, 'SOURCE_REFUSED'],
    [/timed? ?out/i, 'SOURCE_TIMEOUT'],
    SYSTEM,
  ],
};
