/** The failures: one class and one `code` each. Messages are redacted before they get here. */
import { exhaustedResource } from './exhausted.js';

/** Properties of every failure of rxcam. */
export interface ErrorDetails {
  /** Key of the camera, if the failure belongs to one. */
  readonly camera?: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt?: number;
  /** The underlying error. */
  readonly cause?: unknown;
  /** ffmpeg's last lines, redacted. */
  readonly stderr?: readonly string[];
}

/** Base class of all failures of rxcam. */
export abstract class RxcamError extends Error {
  /** Identifies the kind of failure, such as `SOURCE_TIMEOUT`. */
  abstract readonly code: string;
  /** Key of the camera, if the failure belongs to one. */
  readonly camera: string | undefined;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number | undefined;
  /** ffmpeg's last lines, redacted; empty if there are none. */
  readonly stderr: readonly string[];
  /**
   * The entry about it in the documentation, a file of the package: `docs/errors.md#stalled`. It is not part of `message`, because
   * a camera that is unreachable repeats its message for days; the command line and the log show it once with each error.
   */
  readonly page: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.camera = details.camera;
    this.attempt = details.attempt;
    this.stderr = details.stderr ?? [];
    this.page = pageOf(new.target);
  }
}

/** Nothing answers at the address, or it refuses the connection. */
export class SourceRefused extends RxcamError {
  readonly code: 'SOURCE_REFUSED' | 'SOURCE_BUSY' | 'TRANSPORT_REFUSED' = 'SOURCE_REFUSED';
}
/** The camera has no session or bandwidth left for one more viewer. */
export class SourceBusy extends SourceRefused { override readonly code = 'SOURCE_BUSY'; }
/** The camera does not support the requested transport. */
export class TransportRefused extends SourceRefused { override readonly code = 'TRANSPORT_REFUSED'; }
/** No connection, or no first frame, within its timeout. */
export class SourceTimeout extends RxcamError { readonly code = 'SOURCE_TIMEOUT'; }
/** The source rejects the credentials (401, 403). */
export class SourceUnauthorized extends RxcamError { readonly code = 'SOURCE_UNAUTHORIZED'; }
/** The host answers, but the stream or file does not exist (404, no such file, no such device). */
export class SourceNotFound extends RxcamError { readonly code = 'SOURCE_NOT_FOUND'; }
/** The source contains no video. */
export class NoVideo extends RxcamError { readonly code = 'NO_VIDEO'; }
/** No frame arrived for longer than the stall timeout. */
export class Stalled extends RxcamError { readonly code = 'STALLED'; }
/** A live source ended, even if ffmpeg reports success. */
export class StreamEnded extends RxcamError { readonly code = 'STREAM_ENDED'; }
/** Too many access units in a row could not be decoded, or the source is not video. */
export class DecodeFailed extends RxcamError { readonly code = 'DECODE_FAILED'; }
/** The encoder could not be started, or failed. */
export class EncoderFailed extends RxcamError { readonly code = 'ENCODER_FAILED'; }
/** ffmpeg died: a signal, or an exit code without a better reason. */
export class CaptureCrashed extends RxcamError { readonly code = 'CAPTURE_CRASHED'; }
/** The machine has no file handle, process or memory left for a capture. This is temporary: `retry` tries again without limit. */
export class ResourceExhausted extends RxcamError { readonly code = 'RESOURCE_EXHAUSTED'; }
/** The broker does not answer, or does not accept messages. */
export class BrokerUnavailable extends RxcamError { readonly code = 'BROKER_UNAVAILABLE'; }
/** The broker answers, but the user lacks a right, which the message names. */
export class BrokerUnauthorized extends RxcamError { readonly code = 'BROKER_UNAUTHORIZED'; }
/** The broker does not accept a message of this size. */
export class MessageTooLarge extends RxcamError { readonly code = 'MESSAGE_TOO_LARGE'; }
/** A recording can't be written: the disk is full, or the folder is not writable. */
export class RecordingFailed extends RxcamError { readonly code = 'RECORDING_FAILED'; }
/** An option is wrong: the message names it, what was given and what is allowed. */
export class InvalidOption extends RxcamError { readonly code = 'INVALID_OPTION'; }

/** Every class of failure by its code. */
export const ERRORS = {
  SOURCE_REFUSED: SourceRefused, SOURCE_BUSY: SourceBusy, TRANSPORT_REFUSED: TransportRefused,
  SOURCE_TIMEOUT: SourceTimeout, SOURCE_UNAUTHORIZED: SourceUnauthorized,
  SOURCE_NOT_FOUND: SourceNotFound, NO_VIDEO: NoVideo, STALLED: Stalled, STREAM_ENDED: StreamEnded,
  DECODE_FAILED: DecodeFailed, ENCODER_FAILED: EncoderFailed, CAPTURE_CRASHED: CaptureCrashed,
  RESOURCE_EXHAUSTED: ResourceExhausted,
  BROKER_UNAVAILABLE: BrokerUnavailable, BROKER_UNAUTHORIZED: BrokerUnauthorized, MESSAGE_TOO_LARGE: MessageTooLarge,
  RECORDING_FAILED: RecordingFailed, INVALID_OPTION: InvalidOption,
} as const;

/** The page about a class of failure, or about its nearest base class that has one. */
function pageOf(type: object | null): string | undefined {
  if (type === null) return undefined;
  const [code] = Object.entries(ERRORS).find(([, known]) => known === type) ?? [];
  return code === undefined ? pageOf(Object.getPrototypeOf(type) as object | null) : `docs/errors.md#${code.toLowerCase()}`;
}

/** The `code` of a failure. */
export type ErrorCode = keyof typeof ERRORS;

/** Creates the failure with a code. */
export function failure(code: ErrorCode, message: string, details?: ErrorDetails): RxcamError {
  return new ERRORS[code](message, details);
}

/**
 * Turns an error of an engine into a failure of a camera. A failure of rxcam keeps its code; an exhausted resource of the machine
 * becomes a ResourceExhausted, and any other error a CaptureCrashed.
 * @param what - the failed part, for the message: `ffmpeg`
 */
export function failureOf(cause: unknown, what: string, details: ErrorDetails): RxcamError {
  const resource = exhaustedResource(cause);
  if (resource !== undefined) return new ResourceExhausted(`${what} failed: ${resource}`, { ...details, cause });
  if (!isRxcamError(cause)) return new CaptureCrashed(`${what} failed: ${String(cause)}`, { ...details, cause });
  return failure(cause.code as ErrorCode, cause.message, { ...details, cause: cause.cause, stderr: cause.stderr });
}

/** Whether an error is one of rxcam's, from any copy of it. */
export function isRxcamError(error: unknown): error is RxcamError {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
