/** Makes the failures of an HTTP source: of a status, of silence, of the disk. */
import { CaptureCrashed, ResourceExhausted, RxcamError, SourceNotFound, SourceRefused, SourceTimeout, SourceUnauthorized } from '../../core/errors/errors.js';
import { exhaustedResource } from '../../core/errors/exhausted.js';
import { systemCodeOf } from './network.js';

/** The failure that a status means. @param shown - the redacted address */
export function statusFailure(status: number, shown: string): RxcamError {
  if (status === 401 || status === 403) return new SourceUnauthorized(`'${shown}' rejects the credentials or requires some (status ${status})`);
  if (status === 404 || status === 410) return new SourceNotFound(`'${shown}' does not exist (status ${status})`);
  return new SourceRefused(`'${shown}' answers with status ${status}`);
}

/** The failure of a server that is silent. @param what - `has not answered` */
export function silenceTimeout(what: string, timeoutMs: number, shown: string): SourceTimeout {
  return new SourceTimeout(`'${shown}' ${what} for ${timeoutMs} ms`);
}

/**
 * The failure of a download that can't be stored: CaptureCrashed, because the cause is this machine, not the source. It is retried,
 * because a disk may have space again.
 */
export function storageFailure(cause: unknown, folder: string, shown: string): RxcamError {
  if (cause instanceof RxcamError) return cause;
  const short = exhaustedResource(cause);
  if (short !== undefined) return new ResourceExhausted(`the download of '${shown}' cannot be stored: ${short}`, { cause });
  const code = systemCodeOf(cause) ?? String((cause as { name?: unknown }).name);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFullError(folder, shown, { cause });
  return new CaptureCrashed(`the download of '${shown}' cannot be stored in '${folder}' (${code})`, { cause });
}

/** The failure of a full disk. @param details - the cause; `need`, a clause with the space that is needed */
export function diskFullError(folder: string, shown: string, details: { cause?: unknown; need?: string } = {}): CaptureCrashed {
  const { cause, need = '' } = details;
  return new CaptureCrashed(
    `no space left in '${folder}' for the download of '${shown}'${need}; free some, or set cacheDir or download: false`,
    { cause },
  );
}
