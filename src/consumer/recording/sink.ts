/** What a recording is told, and what it tells. */
import { RecordingFailed, isRxcamError } from '../../core/errors/errors.js';
import type { Recorded } from './events.js';

export interface RecordSettings {
  /** Length of a file, in ms: files begin with the first keyframe of each period of the wall clock. */
  readonly every: number;
  /** Distance of two pictures above which a new file begins, in ms. */
  readonly gapMs: number;
  /** Whether a file goes on behind messages that are missing. */
  readonly joins?: boolean;
}

/** What becomes of the recordings. */
export interface RecordSink {
  report(event: Recorded): void;
  error(error: unknown): void;
  complete(): void;
}

/** What can't be written, as an error of rxcam. */
export function recordingFailed(cause: unknown, camera: string): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (isRxcamError(cause) && cause.code === 'INVALID_OPTION') return cause;
  return new RecordingFailed(`the recording can't be written: ${reason}`, { camera, cause, ...(isRxcamError(cause) && { stderr: cause.stderr }) });
}
