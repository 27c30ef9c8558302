/** pino to stderr, with every text redacted first: logs of other libraries are included. */
import { type Logger, pino } from 'pino';
import { isSecretOption, redact } from '../../../core/redact/redact.js';
import type { LogLevel } from '../flags/index.js';

/** Properties of an error that are logged. */
interface ErrorFacts { readonly type: string; readonly code?: unknown; readonly message: string; readonly page?: string; readonly stack?: string }

/** Greatest depth of a logged object; deeper levels are cut off. */
const MAX_DEPTH = 6;

/**
 * A logger whose lines go to `write`.
 * @param secrets - texts to hide at every occurrence; credentials in addresses are always hidden
 */
export function createLogger(level: LogLevel, secrets: readonly string[], write: (line: string) => void): Logger {
  return pino({
    name: 'rxcam',
    level,
    formatters: {
      bindings: (bindings) => clean(bindings, secrets) as Record<string, unknown>,
      log: (facts) => clean(facts, secrets) as Record<string, unknown>,
    },
    hooks: {
      logMethod(words, method) {
        const shown = spelledOut(words).map((word) => (typeof word === 'string' ? redact(word, secrets) : word));
        method.apply(this, shown as typeof words);
      },
    },
  }, { write });
}

/** For a logged error without a message, pino writes the error's text into the line, past every formatter: make it the message. */
function spelledOut([first, ...others]: readonly unknown[]): unknown[] {
  const facts = first instanceof Error ? { err: first } : first;
  const error = (facts as { err?: unknown } | null | undefined)?.err;
  return error instanceof Error && others.length === 0 ? [facts, error.message] : [facts, ...others];
}

/** Returns the value with all texts redacted; errors become plain objects. */
function clean(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return redact(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return clean(factsOf(value), secrets, depth + 1);
  if (Array.isArray(value)) return value.map((one) => clean(one, secrets, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isSecretOption(name) ? '(hidden)' : clean(one, secrets, depth + 1)]));
}

function factsOf(error: Error): ErrorFacts {
  const { name, message, stack } = error;
  const { code, page } = error as { code?: unknown; page?: unknown };
  return { type: name, ...(code !== undefined && { code }), message, ...(typeof page === 'string' && { page }), ...(stack !== undefined && { stack }) };
}
