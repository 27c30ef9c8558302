/** Prints errors in one line without secrets, and ends the program and its ffmpeg processes on an uncaught error. */
import { isRxcamError } from '../../../core/errors/errors.js';
import { redact } from '../../../core/redact/redact.js';
import { takeWarnings } from './warnings.js';

/** The exit code for bad usage. */
export const EXIT_USAGE = 2;

/** An error in one line, without credentials. */
export function errorLine(error: unknown, secrets: Iterable<string> = []): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return redact(text, secrets).replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** Whether an error is a mistake in the user's options. */
export function isUsageError(error: unknown): error is Error {
  return isRxcamError(error) && error.code === 'INVALID_OPTION';
}

/** Prints an error on stderr, in one line that ends with the address of the page about it. */
export function printError(error: unknown, secrets: Iterable<string> = [], page = isRxcamError(error) ? error.page : undefined): void {
  process.stderr.write(`rxcam: ${errorLine(error, secrets)}${page === undefined ? '' : ` (${page})`}\n`);
}

/** Ends the program with exit code 1 on an uncaught error. */
export function exitOnUncaughtError(): void {
  takeWarnings();
  // The code that writes handles a full disk or a closed pipe.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      printError(error);
      process.exit(1);
    });
  }
}
