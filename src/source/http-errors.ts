/** The failures of an HTTP source, by what went wrong: the answer's status, the network, the disk. */
import { CaptureCrashed, ResourceExhausted, RxcamError, SourceNotFound, SourceRefused, SourceTimeout, SourceUnauthorized } from '../errors.js';
import { exhausted } from '../exhausted.js';

/** A status that is no success. `shown` is the address as it may be shown. */
export function statusFailure(status: number, shown: string): RxcamError {
  if (status === 401 || status === 403) return new SourceUnauthorized(`'${shown}' wants other credentials (status ${status})`);
  if (status === 404 || status === 410) return new SourceNotFound(`'${shown}' is not there (status ${status})`);
  return new SourceRefused(`'${shown}' answers with status ${status}`);
}

/** What Node's network errors mean; one that is not listed is shown by its code. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut before an answer',
  EPIPE: 'the connection was cut before an answer',
  NOT_HTTP: 'what answers does not speak HTTP',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; NODE_EXTRA_CA_CERTS names a file of those to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed; NODE_EXTRA_CA_CERTS names a file of those to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified; NODE_EXTRA_CA_CERTS names a file of those to trust',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** A request that got no answer. */
export function networkFailure(cause: unknown, shown: string): RxcamError {
  if (cause instanceof RxcamError) return cause;
  const short = exhausted(cause);
  if (short !== undefined) return new ResourceExhausted(`no connection to '${shown}' can be made: ${short}`, { cause });
  const code = codeOf(cause);
  if (code === 'ETIMEDOUT') return new SourceTimeout(`'${shown}' does not answer (${code})`, { cause });
  const reason = REASONS[code] ?? 'the request failed';
  return new SourceRefused(`'${shown}' cannot be read: ${reason} (${code})`, { cause });
}

export function silence(what: string, timeoutMs: number, shown: string): SourceTimeout {
  return new SourceTimeout(`'${shown}' ${what} for ${timeoutMs} ms`);
}

/**
 * A download that cannot be stored: CaptureCrashed, because the source is well and the failure is this machine's;
 * it is retried, as a disk may have room again.
 */
export function storageFailure(cause: unknown, folder: string, shown: string): RxcamError {
  if (cause instanceof RxcamError) return cause;
  const short = exhausted(cause);
  if (short !== undefined) return new ResourceExhausted(`the download of '${shown}' cannot be stored: ${short}`, { cause });
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, shown, { cause });
  return new CaptureCrashed(`the download of '${shown}' cannot be stored in '${folder}' (${code})`, { cause });
}

export function diskFull(folder: string, shown: string, details: { cause?: unknown; need?: string } = {}): CaptureCrashed {
  const { cause, need = '' } = details;
  return new CaptureCrashed(
    `no space left in '${folder}' for the download of '${shown}'${need}; free some, or set cacheDir or download: false`,
    { cause },
  );
}

/** The code of a system error; that of the first one where several addresses were tried. */
export function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
