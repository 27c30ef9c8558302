/** A pino logger whose lines contain no secrets, even those that other libraries log. */
import { type Logger, pino } from 'pino';
import { isSecretOption, redact } from '../../../core/redact/redact.js';
import type { LogLevel } from '../flags/index.js';

/** Properties of an error that are logged. */
interface ErrorFacts { readonly type: string; readonly code?: unknown; readonly message: string; readonly page?: string; readonly stack?: string }

/** Greatest depth of a logged object; deeper levels are cut off. */
const MAX_DEPTH = 6;

/**
 * A logger whose lines go to `write`. Default: stderr.
 * @param secrets - texts to hide at every occurrence; credentials in addresses are always hidden
 */
export function createLogger(level: LogLevel, secrets: readonly string[], write: (line: string) => void = writeToStderr): Logger {
  return pino({
    name: 'rxcam',
    level,
    formatters: {
      bindings: (bindings) => redacted(bindings, secrets) as Record<string, unknown>,
      log: (facts) => redacted(facts, secrets) as Record<string, unknown>,
    },
    hooks: {
      logMethod(words, method) {
        const redactedWords = withErrorMessage(words).map((word) => (typeof word === 'string' ? redact(word, secrets) : word));
        method.apply(this, redactedWords as typeof words);
      },
    },
  }, { write });
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}

/** Adds the text of a logged error as the message, if there is none: pino itself adds it after the formatters, which redact texts. */
function withErrorMessage([first, ...others]: readonly unknown[]): unknown[] {
  const facts = first instanceof Error ? { err: first } : first;
  const error = (facts as { err?: unknown } | null | undefined)?.err;
  return error instanceof Error && others.length === 0 ? [facts, error.message] : [facts, ...others];
}

/** The value with all texts redacted; errors become plain objects. */
function redacted(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return redact(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return redacted(factsOf(value), secrets, depth + 1);
  if (Array.isArray(value)) return value.map((one) => redacted(one, secrets, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isSecretOption(name) ? '(hidden)' : redacted(one, secrets, depth + 1)]));
}

function factsOf(error: Error): ErrorFacts {
  const { name, message, stack } = error;
  const { code, page } = error as { code?: unknown; page?: unknown };
  return { type: name, ...(code !== undefined && { code }), message, ...(typeof page === 'string' && { page }), ...(stack !== undefined && { stack }) };
}
