/** Resolving a host's name for ffmpeg builds that can't: the static build of 2018 crashes on any name. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Observable, catchError, defer, from, map, of, throwError } from 'rxjs';
import { SourceRefused } from '../errors.js';
import { splitCredentials } from '../redact.js';

/** The address with its host as a number; emits once. Errors with SourceRefused where the name is not known. */
export function resolved(url: string): Observable<string> {
  const { rest } = splitCredentials(url);
  const host = /^(?:\[[^\]]*\]|[^:/?#]*)/.exec(rest)?.[0] ?? '';
  if (host.startsWith('[') || isIP(host) !== 0) return of(url);
  return defer(() => from(lookup(host))).pipe(
    map(({ address, family }) => url.slice(0, url.length - rest.length) + (family === 6 ? `[${address}]` : address) + rest.slice(host.length)),
    catchError((cause: unknown) => throwError(() => new SourceRefused(`the host '${host}' can't be resolved`, { cause }))),
  );
}
