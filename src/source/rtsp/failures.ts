/** Turns an unsuccessful answer of a camera into a failure with a remedy. */
import { type RxcamError, SourceBusy, SourceNotFound, SourceRefused, SourceUnauthorized, StreamEnded, TransportRefused } from '../../core/errors/errors.js';
import type { Transport } from '../source-kind.js';

/** The request that was answered. */
export interface RtspRequest {
  readonly method: string;
  /** The redacted address. */
  readonly shown: string;
  readonly transport: Transport;
}

const UNAUTHORIZED = [401, 403, 407];
const NOT_FOUND = [404, 410];
/** Not Enough Bandwidth, Service Unavailable, and two others with which cameras answer if all their sessions are in use. */
const BUSY = [453, 503, 486, 600];
const UNSUPPORTED_TRANSPORT = 461;
const SESSION_NOT_FOUND = 454;

/** Explanations of other statuses, with the remedy. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: 'the camera does not understand the request: check the path of the address',
  405: 'the camera does not allow this request at this address: check its path',
  406: 'the camera has no description that ffmpeg can read: check the path of the address',
  415: 'the camera has no description that ffmpeg can read: check the path of the address',
  451: 'the camera does not understand a parameter: check the query of the address',
  455: 'the camera does not allow this in its state: another viewer may hold the stream',
  459: 'the camera requires its streams to be controlled together: choose one by the path of the address',
  460: 'the camera requires its streams to be controlled one by one: choose one by the path of the address',
  500: 'the camera has an internal error: restart it if that persists',
  501: 'the camera does not support the request',
  505: 'the camera requires another version of RTSP',
  551: 'the camera does not support a required RTSP option: choose another path or profile of it',
};

/** The failure of an unsuccessful answer; a `status` of 3xx is a redirect that can't be followed. */
export function answerFailure(status: number, reason: string, { method, shown, transport }: RtspRequest): RxcamError {
  const answer = `'${shown}' answers ${method} with ${status}${reason === '' ? '' : ` ${reason}`}`;
  if (UNAUTHORIZED.includes(status)) return new SourceUnauthorized(`${answer}: it rejects the credentials or requires some`);
  if (NOT_FOUND.includes(status)) return new SourceNotFound(`${answer}: correct the path`);
  if (BUSY.includes(status)) {
    return new SourceBusy(`${answer}: the camera has no session or bandwidth left; end another viewer, or use its sub stream`);
  }
  if (status === UNSUPPORTED_TRANSPORT) return transportFailure(answer, transport);
  if (status === SESSION_NOT_FOUND) return new StreamEnded(`${answer}: the camera has ended the session; rxcam connects again`);
  if (status >= 300 && status < 400) return new SourceRefused(`${answer}: it redirects within a session, which is not followed`);
  const meaning = MEANINGS[status];
  return new SourceRefused(meaning === undefined ? answer : `${answer}: ${meaning}`);
}

/** The failure of a camera that does not support the requested transport. @param what - the first part of the message */
export function transportFailure(what: string, transport: Transport): RxcamError {
  if (transport === 'auto') return new TransportRefused(`${what}: the camera offers neither TCP nor UDP for this stream`);
  const [offered, other] = transport === 'tcp' ? ['TCP', 'udp'] : ['UDP', 'tcp'];
  return new TransportRefused(`${what}: the camera offers no ${offered}: try transport: '${other}', or 'auto'`);
}
