/** Keeps secrets out of the errors of user code, such as a source or an engine of the user's own. */
import { inspect } from 'node:util';
import { type ErrorCode, failure, isRxcamError } from '../errors/errors.js';
import { redact } from './redact.js';

/**
 * The error without secrets in its message, its stack, its cause and ffmpeg's lines; the same object if it shows none.
 * @param secrets - known secrets, hidden at every occurrence
 */
export function redactError(error: unknown, secrets: Iterable<string>): unknown {
  const known = [...secrets];
  const hide = (text: string) => redact(text, known);
  const shown = inspect(error);
  if (hide(shown) === shown) return error;
  if (isRxcamError(error)) {
    const { code, message, camera, attempt, stderr, cause } = error;
    const own = { ...(camera !== undefined && { camera }), ...(attempt !== undefined && { attempt }), stderr: stderr.map(hide) };
    return failure(code as ErrorCode, hide(message), cause === undefined ? own : { ...own, cause: redactError(cause, known) });
  }
  if (!(error instanceof Error)) return hide(typeof error === 'string' ? error : shown);
  const { cause, code } = error as Error & { readonly code?: unknown };
  const copy = new Error(hide(error.message), cause === undefined ? undefined : { cause: redactError(cause, known) });
  copy.name = error.name;
  copy.stack = hide(error.stack ?? '');
  // The code of a system error says whether the machine has run out of files or processes.
  return typeof code === 'string' ? Object.assign(copy, { code }) : copy;
}
