/**
 * Makes GET requests with a login, and follows redirects. Each request has a separate connection, which is closed with it: some
 * cameras allow only one session, so a probe must be over before ffmpeg connects.
 */
import { type ClockDifference, dateDifference, wall } from '../../core/clock.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import { SourceRefused } from '../../core/errors/errors.js';
import { silenceTimeout } from './http-failures.js';
import type { HostRules } from './hosts/index.js';
import { Login } from './login.js';
import { networkFailure } from './network.js';
import { type Body, type HttpHeaders, exchange } from './wire/index.js';

/** The parameters of all requests for one source. */
export interface RequestTarget {
  /** The address, without credentials. */
  readonly url: URL;
  readonly login: Login | undefined;
  readonly rules: HostRules;
  /** The redacted address. */
  readonly shown: string;
  /** Time limit for the answer, and for silence after it; ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with each address in a redirect that has credentials. */
  keepSecret(address: string): void;
  /** Called with the clock of a server whose answer has a date. */
  clock?(difference: ClockDifference): void;
}

/** An answer whose body is not read yet. */
export interface HttpResponse {
  /** The final address, without credentials, and its credentials. */
  readonly url: URL;
  readonly login: Login | undefined;
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Body;
  /** Resolves when the connection is closed. */
  close(): Promise<void>;
}

const HEADERS = { 'User-Agent': DOWNLOAD.userAgent, 'Accept': '*/*', 'Accept-Encoding': 'identity' };

/** The answer after at most five redirects, with any status. @throws SourceRefused, SourceTimeout */
export async function getWithRedirects(target: RequestTarget, headers: Record<string, string>): Promise<HttpResponse> {
  let { url, login } = target;
  for (let hops = 0; hops <= DOWNLOAD.maxRedirects; hops++) {
    const answer = await requestWithLogin(url, login, headers, target);
    const location = redirectOf(answer);
    if (location === undefined) return answer;
    await answer.close();
    const next = redirectTarget(url, location, target.shown);
    const own = Login.of(next);
    if (own !== undefined) target.keepSecret(next.href);
    login = own ?? (next.origin === url.origin ? login : undefined);
    url = next;
  }
  throw new SourceRefused(`'${target.shown}' redirects more than ${DOWNLOAD.maxRedirects} times`);
}

/** One request, and a second one with a login if the answer requires it. */
export async function requestWithLogin(
  url: URL, login: Login | undefined, headers: Record<string, string>, target: RequestTarget,
): Promise<HttpResponse> {
  const answer = await requestOnce(url, login, { ...headers, ...login?.first(url) }, target);
  const reply = answer.status === 401 ? login?.answer(answer.headers['www-authenticate'], url) : undefined;
  if (reply === undefined) return answer;
  await answer.close();
  return requestOnce(url, login, { ...headers, ...reply }, target);
}

/** The value of `Location`; undefined if the answer is not a redirect. */
export function redirectOf({ status, headers }: HttpResponse): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined;
}

/** The address in a redirect. @throws SourceRefused for one that is not HTTP */
export function redirectTarget(from: URL, location: string, shown: string): URL {
  if (!URL.canParse(location, from.href)) throw new SourceRefused(`'${shown}' redirects to an invalid address`);
  const to = new URL(location, from.href);
  if (!/^https?:$/.test(to.protocol)) {
    throw new SourceRefused(`'${shown}' redirects to a ${to.protocol} address; only http: and https: are followed`);
  }
  return to;
}

async function requestOnce(url: URL, login: Login | undefined, headers: Record<string, string>, target: RequestTarget): Promise<HttpResponse> {
  const { shown, timeoutMs, signal, rules } = target;
  const bare = withoutCredentials(url);
  const late = new AbortController();
  const timer = setTimeout(() => { late.abort(silenceTimeout('has not answered', timeoutMs, shown)); }, timeoutMs);
  try {
    const sent = wall();
    const reply = await exchange({ url: bare, headers: { ...HEADERS, ...headers }, rules, signal: AbortSignal.any([signal, late.signal]) });
    const difference = dateDifference(reply.headers.date, sent);
    if (difference !== undefined) target.clock?.(difference);
    return { ...reply, url: bare, login };
  } catch (error) {
    throw networkFailure(error, shown);
  } finally {
    clearTimeout(timer);
  }
}

/** The address without credentials and fragment. */
export function withoutCredentials(url: URL): URL {
  const bare = new URL(url.href);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare;
}
