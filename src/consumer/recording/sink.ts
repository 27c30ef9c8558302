/** The settings of a recording, and the receiver of its reports. */
import { RecordingFailed, isRxcamError } from '../../core/errors/errors.js';
import type { Recorded } from './events.js';

export interface RecordSettings {
  /** Length of a file, in ms: files begin with the first keyframe of each period of the wall clock. */
  readonly every: number;
  /** Distance of two pictures above which a new file begins, in ms. */
  readonly gapMs: number;
  /** Whether a file continues after missing messages. */
  readonly joins?: boolean;
}

/** Receives the reports of recordings. */
export interface RecordSink {
  report(event: Recorded): void;
  error(error: unknown): void;
  complete(): void;
}

/** The RecordingFailed for the cause of a failed write. */
export function recordingFailed(cause: unknown, camera: string): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (isRxcamError(cause) && cause.code === 'INVALID_OPTION') return cause;
  return new RecordingFailed(`the recording can't be written: ${reason}`, { camera, cause, ...(isRxcamError(cause) && { stderr: cause.stderr }) });
}
