/** The remedy for each failure, in one line, as in the table of errors. */
import type { ErrorCode } from './errors.js';

export const ADVICE: Readonly<Record<ErrorCode, string>> = {
  SOURCE_REFUSED: 'Check host, port and network. A camera that restarts is found again without help.',
  SOURCE_BUSY: 'End another viewer of the camera, or use its sub stream. rxcam tries again.',
  TRANSPORT_REFUSED: "Choose the other transport, or 'auto'.",
  SOURCE_TIMEOUT: 'Look for a firewall that drops packets, and check the power of the camera. For a slow camera raise connectTimeoutMs or firstFrameTimeoutMs.',
  SOURCE_UNAUTHORIZED: 'Correct the user and password in the address. rxcam tries rarely, so that the camera does not lock the account.',
  SOURCE_NOT_FOUND: 'The host answers: correct the path in the address.',
  NO_VIDEO: 'There is no video at this address: correct it.',
  STALLED: 'Nothing, if it is temporary. Otherwise the network or the camera is overloaded.',
  STREAM_ENDED: 'Nothing: rxcam connects again.',
  DECODE_FAILED: "Look at the log. Over UDP try transport 'tcp'.",
  ENCODER_FAILED: 'Look at the log. For hardware that fails, leave hardware out.',
  CAPTURE_CRASHED: "Look at the log, and at this machine's memory and disk.",
  RESOURCE_EXHAUSTED: 'Raise the limit that the message names. rxcam tries again without limit.',
  BROKER_UNAVAILABLE: 'Nothing, if it is temporary: the outbox holds messages up to its limits. Otherwise check host, port and network of the broker.',
  BROKER_UNAUTHORIZED: 'Grant the right that the message names: waiting messages are sent within 10 s.',
  MESSAGE_TOO_LARGE: "Raise the broker's limit, or send less: smaller pictures, a higher crf, smaller chunks.",
  RECORDING_FAILED: 'Free space on the disk, keep less, or choose another folder.',
  INVALID_OPTION: 'Correct the option that the message names.',
};
