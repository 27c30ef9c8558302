/** Requests a camera's description: logs in, and follows redirects itself. */
import { type ClockDifference, dateDifference, wall } from '../../core/clock.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import { NoVideo, SourceRefused, SourceTimeout } from '../../core/errors/errors.js';
import { redactUrl } from '../../core/redact/redact.js';
import { type HostRules, credentialsIn, withoutCredentials } from '../client/index.js';
import type { Transport } from '../source-kind.js';
import { connectTo, portOf, rtspFailure } from './connect.js';
import { answerFailure } from './failures.js';
import { RtspLogin } from './login.js';
import { type Message, headerValue, statusOf } from './message-reader.js';
import { RtspSession } from './session.js';

const AGENT = 'User-Agent: rxcam';

/** The camera, and how to request its description. */
export interface DescribeTarget {
  /** The address with the login. */
  readonly url: URL;
  /** The redacted address. */
  readonly shown: string;
  readonly rules: HostRules;
  readonly transport: Transport;
  /** Time limit of silence; ms. */
  readonly timeoutMs: number;
  /** Called with each address in a redirect that has credentials. */
  readonly keepSecret: (address: string) => void;
  /** Called with the clock of a camera whose answers have a date. */
  readonly clock: (difference: ClockDifference) => void;
}

/** A camera that has described itself, and the connection for the next requests. */
export interface DescribedCamera {
  readonly session: RtspSession;
  /** The final address, without credentials. */
  readonly uri: string;
  /** Its answer to OPTIONS; undefined if it does not support that. */
  readonly options: Message | undefined;
  /** Its answer to DESCRIBE. */
  readonly description: Message;
}

/**
 * The description, after at most `DOWNLOAD.maxRedirects` redirects. The login is sent only to the origin of its address; ffmpeg, which
 * would send it to any origin, never gets it. Rejects with an RxcamError.
 */
export async function describeCamera(target: DescribeTarget, signal: AbortSignal): Promise<DescribedCamera> {
  let { url } = target;
  let login = credentialsIn(url);
  for (let hops = 0; hops <= DOWNLOAD.maxRedirects; hops++) {
    const session = new RtspSession(await connectTo(url, target.rules, signal, target.shown), login && new RtspLogin(login));
    const found = await describeOver(session, url, target, signal);
    if ('description' in found) return found;
    session.close();
    const next = follow(found.location, url, target);
    login = credentialsIn(next) ?? (originOf(next) === originOf(url) ? login : undefined);
    url = next;
  }
  throw new SourceRefused(`'${target.shown}' redirects more than ${DOWNLOAD.maxRedirects} times`);
}

async function describeOver(
  session: RtspSession, url: URL, target: DescribeTarget, signal: AbortSignal,
): Promise<DescribedCamera | { readonly location: string }> {
  const uri = withoutCredentials(url).href;
  try {
    const options = await requestAnswer('OPTIONS', [AGENT], session, uri, target, signal);
    const redirect = locationOf(options);
    if (redirect !== undefined) return { location: redirect };
    // An error is not final here, because a camera may not support OPTIONS: its answer to DESCRIBE decides.
    const description = await requestAnswer('DESCRIBE', ['Accept: application/sdp', AGENT], session, uri, target, signal);
    const location = locationOf(description);
    if (location !== undefined) return { location };
    const status = statusOf(description);
    if (status !== 200) throw answerFailure(status, reasonPhrase(description), { method: 'DESCRIBE', shown: target.shown, transport: target.transport });
    if (!/^m=video\b/m.test(description.body.toString('latin1'))) throw new NoVideo(`'${target.shown}' contains no video`);
    return { session, uri, options: statusOf(options) === 200 ? options : undefined, description };
  } catch (error) {
    session.close();
    throw error;
  }
}

function requestAnswer(
  method: string, lines: string[], session: RtspSession, uri: string, { shown, timeoutMs, clock }: DescribeTarget, signal: AbortSignal,
): Promise<Message> {
  const sent = wall();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { done(new SourceTimeout(`'${shown}' has not answered ${method} for ${timeoutMs} ms`)); }, timeoutMs);
    const abort = () => { done(new SourceTimeout(`the request to '${shown}' was cancelled`)); };
    const done = (outcome: Message | Error) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      session.listener = undefined;
      if (outcome instanceof Error) {
        reject(outcome);
        return;
      }
      const difference = dateDifference(headerValue(outcome.lines, 'date'), sent);
      if (difference !== undefined) clock(difference);
      resolve(outcome);
    };
    signal.addEventListener('abort', abort, { once: true });
    session.listener = {
      packets: () => undefined,
      requested: () => undefined,
      closed: (error) => { done(rtspFailure(error ?? { code: 'ECONNRESET' }, shown)); },
    };
    if (session.isClosed || signal.aborted) abort();
    else session.request(method, uri, lines, done);
  });
}

function locationOf(answer: Message): string | undefined {
  const status = statusOf(answer);
  return status >= 300 && status < 400 ? headerValue(answer.lines, 'location') : undefined;
}

function follow(location: string, from: URL, { shown, keepSecret }: DescribeTarget): URL {
  if (!URL.canParse(location, from.href)) throw new SourceRefused(`'${shown}' redirects to an invalid address`);
  const to = new URL(location, from.href);
  if (!/^rtsps?:$/.test(to.protocol) || to.hostname === '') {
    throw new SourceRefused(`'${shown}' redirects to ${redactUrl(to.href).slice(0, 200)}; only rtsp: and rtsps: are followed`);
  }
  if (credentialsIn(to) !== undefined) keepSecret(to.href);
  return to;
}

/** The reason phrase after the status of an answer. */
export function reasonPhrase({ start }: Message): string {
  return start.replace(/^RTSP\/\d\.\d \d{3} ?/, '').replace(/[^\x20-\x7e]/g, '').slice(0, 100);
}

function originOf(url: URL): string {
  return `${url.protocol}//${url.hostname.toLowerCase()}:${portOf(url)}`;
}
