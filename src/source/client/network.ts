/** Turns the system's errors about a connection into failures of the source, for HTTP and RTSP. */
import { ResourceExhausted, type RxcamError, SourceRefused, SourceTimeout, isRxcamError } from '../../core/errors/errors.js';
import { exhaustedResource } from '../../core/errors/exhausted.js';

/** Explanations by the code of an error. */
export type Reasons = Readonly<Record<string, string>>;

const UNTRUSTED = 'set NODE_EXTRA_CA_CERTS to a file of certificates to trust';
const REASONS: Reasons = {
  ECONNREFUSED: 'the connection was refused: nothing listens at this port',
  ECONNRESET: 'the connection was closed before an answer',
  EPIPE: 'the connection was closed before an answer',
  NOT_HTTP: 'the server does not speak HTTP',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPROTO: 'the server does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed; ${UNTRUSTED}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is self-signed; ${UNTRUSTED}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate cannot be verified; ${UNTRUSTED}`,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/**
 * The failure of a connection that failed, or was closed before the source answered.
 * @param shown - the redacted address
 * @param own - the protocol's own messages for some codes
 */
export function networkFailure(cause: unknown, shown: string, own: Reasons = {}): RxcamError {
  if (isRxcamError(cause)) return cause;
  const short = exhaustedResource(cause);
  if (short !== undefined) return new ResourceExhausted(`can't connect to '${shown}': ${short}`, { cause });
  const code = systemCodeOf(cause);
  if (code === 'ETIMEDOUT') return new SourceTimeout(`'${shown}' does not answer (${code})`, { cause });
  return new SourceRefused(`'${shown}' cannot be read: ${reasonOf(code, own) ?? reasonOf(code, REASONS) ?? unknown(cause)}`, { cause });
}

function reasonOf(code: string | undefined, reasons: Reasons): string | undefined {
  return code !== undefined && Object.hasOwn(reasons, code) ? `${reasons[code] ?? ''} (${code})` : undefined;
}

function unknown(cause: unknown): string {
  const code = systemCodeOf(cause);
  const { message = '' } = (cause ?? {}) as { message?: string };
  return `the connection failed${code === undefined ? (message === '' ? '' : `: ${message}`) : ` (${code})`}`;
}

/** The code of a system error; undefined for another error. */
export function systemCodeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : undefined;
}
