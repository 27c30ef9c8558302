/** One line of the doctor: whether it is well, what was found, and what to do. */
import { type ErrorCode, isRxcamError } from '../../../core/errors/errors.js';
import { type Paint, oneLine, plain } from '../program/index.js';

/** `ok`; `bad`: something does not work; `note`: worth knowing, or not to be found out here. */
export type State = 'ok' | 'bad' | 'note';

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly found: string;
  /** What to do. */
  readonly advice?: string;
  /** For programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

const MARKS: Readonly<Record<State, string>> = { ok: '✓', bad: '✗', note: '–' };
const STYLES = { ok: 'green', bad: 'red', note: 'dim' } as const;

/** What to do about an error, in short; docs/errors.md says more. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  SOURCE_REFUSED: 'check host and port; is the camera switched on, and does a firewall lie between?',
  SOURCE_BUSY: 'the camera has no session left: end another viewer, or raise the limit in the camera',
  TRANSPORT_REFUSED: 'try --transport udp, or --transport auto',
  SOURCE_TIMEOUT: 'is the camera switched on and on this network? A slow one may need --connect-timeout',
  SOURCE_UNAUTHORIZED: 'check user and password; write %40 for an @ in the password, and %2F for a /',
  SOURCE_NOT_FOUND: 'check the path behind the host: cameras have one of their own for each stream',
  NO_VIDEO: 'the address leads to no video: check the path, or try --stream first',
  STALLED: 'pictures stopped: check the network, and whether the camera is overloaded',
  STREAM_ENDED: 'the camera ended the stream: does another program use it?',
  DECODE_FAILED: 'damaged or unknown video: try --transport tcp, or name its codec with --codecs',
  ENCODER_FAILED: 'try without --hardware',
  CAPTURE_CRASHED: 'try another ffmpeg, by FFMPEG_PATH',
  RESOURCE_EXHAUSTED: 'free memory, files or processes on this machine (ulimit -n, ulimit -u)',
  BROKER_UNAVAILABLE: 'check host, port and TLS; does the broker advertise an address that can be reached from here?',
  BROKER_UNAUTHORIZED: 'give the login the right that the message names',
  MESSAGE_TOO_LARGE: 'raise the limit of the topic, or send smaller pictures',
};

/** A failure as a line. */
export function failed(name: string, error: unknown): Finding {
  const code = isRxcamError(error) ? error.code as ErrorCode : undefined;
  const advice = code && ADVICE[code];
  return { name, state: 'bad', found: oneLine(error), ...(advice !== undefined && { advice }), ...(code !== undefined && { facts: { code } }) };
}

/** `✓ ffmpeg      5.1.9 at /usr/bin/ffmpeg`. */
export function findingLine({ name, state, found, advice }: Finding, width: number, paint: Paint): string {
  const lead = ' '.repeat(width + 4);
  const todo = advice === undefined ? '' : `\n${lead}${paint('bold', '→')} ${plain(advice)}`;
  return `${paint(STYLES[state], MARKS[state])} ${name.padEnd(width)}  ${plain(found)}${todo}\n`;
}
