/** The only error of the NUT reader. */

/**
 * Kinds of error:
 * - `bad-magic`: not NUT, or a start code is missing
 * - `bad-header`: a header or a frame header violates the format
 * - `bad-checksum`: the bytes differ from those that were written
 * - `too-large`: a length above the reader's limits
 * - `truncated`: the bytes end inside a packet
 * - `unsupported`: valid, but not written by ffmpeg to a pipe by default
 */
export type NutErrorCode =
  | 'bad-magic' | 'bad-header' | 'bad-checksum' | 'too-large' | 'truncated' | 'unsupported';

/** Bytes that can't be read as NUT. */
export class NutError extends Error {
  readonly code: NutErrorCode;
  /** Position in the input of the packet that can't be read; for `truncated`, the end of the input. */
  readonly offset: number;

  constructor(code: NutErrorCode, message: string, offset: number) {
    super(`NUT: ${message} (at byte ${offset})`);
    this.name = 'NutError';
    this.code = code;
    this.offset = offset;
  }
}
