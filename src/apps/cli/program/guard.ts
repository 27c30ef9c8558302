/** What nothing else caught ends the program with one line, without secrets; ffmpeg ends with it. */
import { isRxcamError } from '../../../core/errors/errors.js';
import { redact } from '../../../core/redact/redact.js';
import { takeWarnings } from './warnings.js';

/** An error in one line, without credentials. */
export function oneLine(error: unknown, secrets: Iterable<string> = []): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return redact(text, secrets).replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** Whether an error is the user's to mend. */
export function isUsage(error: unknown): error is Error {
  return isRxcamError(error) && error.code === 'INVALID_OPTION';
}

/** Prints the line that tells why the program ends. */
export function complain(error: unknown, secrets: Iterable<string> = []): void {
  process.stderr.write(`rxcam: ${oneLine(error, secrets)}\n`);
}

export function guard(): void {
  takeWarnings();
  // A disk that is full, a reader that is gone: what that means is decided where it is written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      complain(error);
      process.exit(1);
    });
  }
}
