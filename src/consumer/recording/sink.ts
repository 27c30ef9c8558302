/** The settings of a recording, and the receiver of its reports. */
import { RecordingFailed, isRxcamError } from '../../core/errors/errors.js';
import type { Recorded } from './recorded.js';

export interface RecordSettings {
  /** Length of a file, in ms: a file begins with the first keyframe of each period of the wall clock. */
  readonly every: number;
  /** Time between two pictures above which a new file begins, in ms. */
  readonly gapMs: number;
  /** Whether a file continues after missing messages. Default false. */
  readonly continuesAfterGaps?: boolean;
}

/** Receives the reports of a recording. */
export interface RecordSink {
  report(event: Recorded): void;
  error(error: unknown): void;
  complete(): void;
}

/** Returns a RecordingFailed with the cause of a failed write; an InvalidOption is returned unchanged. */
export function recordingFailed(cause: unknown, camera: string): Error {
  if (isRxcamError(cause) && cause.code === 'INVALID_OPTION') return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RecordingFailed(`the recording can't be written: ${reason}`, { camera, cause, ...(isRxcamError(cause) && { stderr: cause.stderr }) });
}
