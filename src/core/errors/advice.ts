/** The remedy for each failure in one line, for the dashboard and the command line. docs/errors.md has details. */
import type { ErrorCode } from './errors.js';

export const ADVICE: Readonly<Record<ErrorCode, string>> = {
  SOURCE_REFUSED: 'Check host, port and network; is the camera switched on and connected? rxcam reconnects by itself.',
  SOURCE_BUSY: 'End another viewer of the camera, raise its number of sessions, or use its sub stream. rxcam tries again.',
  TRANSPORT_REFUSED: "Choose the other transport, or 'auto' (--transport auto).",
  SOURCE_TIMEOUT: 'Is the camera switched on and on this network? Look for a firewall that drops packets. Restart a camera that answers but sends no picture; for a slow camera raise connectTimeoutMs or firstFrameTimeoutMs.',
  SOURCE_UNAUTHORIZED: 'Correct the user and password in the address; in both write %40 for @, and %2F for /. rxcam tries again rarely, so that the camera does not lock the account.',
  SOURCE_NOT_FOUND: 'Correct the path: a camera has one for each stream, and a file must exist.',
  NO_VIDEO: 'There is no video at this address: correct its path.',
  STALLED: 'Do nothing if it is temporary. Otherwise the network or the camera is overloaded: use a smaller stream, or fewer viewers.',
  STREAM_ENDED: 'Do nothing: rxcam reconnects by itself. If it happens often, another program may take the camera.',
  DECODE_FAILED: "Choose H.264 or H.265 in the camera, or name its codec in codecs (--codecs). For damaged pictures over UDP choose transport 'tcp' (--transport tcp). The log has ffmpeg's messages.",
  ENCODER_FAILED: 'Look at the log. If a hardware encoder fails, leave out hardware (--hardware).',
  CAPTURE_CRASHED: "Look at the log, and at this machine's memory and disk. Set FFMPEG_PATH to use another ffmpeg.",
  RESOURCE_EXHAUSTED: 'Raise the limit that the message names (ulimit -n, ulimit -u, TasksMax). rxcam tries again without limit.',
  BROKER_UNAVAILABLE: 'Do nothing if it is temporary: the outbox holds messages up to its limits. Otherwise check host, port and TLS, and that the broker advertises an address that can be reached from here.',
  BROKER_UNAUTHORIZED: 'Grant the right that the message names: waiting messages are sent within 10 s.',
  MESSAGE_TOO_LARGE: "Raise the broker's limit (Kafka: max.message.bytes of the topic), or send less: smaller pictures, a higher crf, smaller chunks.",
  RECORDING_FAILED: 'Free space on the disk, keep fewer recordings, or choose another folder.',
  INVALID_OPTION: 'Correct the option that the message names.',
};
