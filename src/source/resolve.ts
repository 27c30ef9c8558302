/** Looking a host up before ffmpeg does: whether it may be connected to, and its number for builds that crash on any name. */
import { isIP } from 'node:net';
import { type Observable, catchError, defer, from, map, throwError } from 'rxjs';
import { SourceRefused, isRxcamError } from '../errors.js';
import { splitCredentials } from '../redact.js';
import { type HostRules, canonicalHost } from './hosts/index.js';

/** The address, if its host may be connected to. Errors with SourceRefused where not, or where the name is not known. */
export function checked(url: string, host: string, rules: HostRules): Observable<string> {
  return addressOf(host, rules).pipe(map(() => url));
}

/** The address with its host as a number; emits once. Errors as {@link checked}. The static build of 2018 crashes on any name. */
export function resolved(url: string, host: string, rules: HostRules): Observable<string> {
  const { rest } = splitCredentials(url);
  const written = /^(?:\[[^\]]*\]|[^:/?#]*)/.exec(rest)?.[0] ?? '';
  return addressOf(host, rules).pipe(map((address) => (isIP(canonicalHost(host)) !== 0
    ? url
    : url.slice(0, url.length - rest.length) + (isIP(address) === 6 ? `[${address}]` : address) + rest.slice(written.length))));
}

function addressOf(host: string, rules: HostRules): Observable<string> {
  return defer(() => from(rules.resolve(host))).pipe(
    map(([first]) => first?.address ?? host),
    catchError((cause: unknown) => throwError(() => (isRxcamError(cause) ? cause : new SourceRefused(`the host '${host}' can't be resolved`, { cause })))),
  );
}
