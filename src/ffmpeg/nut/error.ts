/** The one error that reading NUT can end in. */

/**
 * What is wrong:
 * - `bad-magic`: not NUT, or no start code where one has to be
 * - `bad-header`: a header or a frame header that contradicts the format
 * - `bad-checksum`: the bytes are not those that were written
 * - `too-large`: a length above the reader's limits
 * - `truncated`: the bytes end inside a packet
 * - `unsupported`: valid, but something that ffmpeg does not write to a pipe unless told to
 */
export type NutErrorCode =
  | 'bad-magic' | 'bad-header' | 'bad-checksum' | 'too-large' | 'truncated' | 'unsupported';

/** Bytes that can't be read as NUT. */
export class NutError extends Error {
  readonly code: NutErrorCode;
  /** Bytes from the start of the input to the packet that can't be read; for `truncated`, to the end. */
  readonly offset: number;

  constructor(code: NutErrorCode, message: string, offset: number) {
    super(`NUT: ${message} (at byte ${offset})`);
    this.name = 'NutError';
    this.code = code;
    this.offset = offset;
  }
}
