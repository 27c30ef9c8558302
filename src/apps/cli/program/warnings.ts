/** Turns Node's warnings into lines of the log, because Node itself would print plain text between lines of JSON. */
import type { Logger } from 'pino';

/** Warnings kept until there is a log. */
const MAX_KEPT = 20;

let kept: Error[] = [];
let log: Pick<Logger, 'warn'> | undefined;

/** Keeps Node from printing warnings itself. */
export function takeWarnings(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (log !== undefined) report(warning);
    else if (kept.length < MAX_KEPT) kept.push(warning);
  });
}

/** Sends warnings to the log, earlier ones included. */
export function logWarnings(logger: Pick<Logger, 'warn'>): void {
  log = logger;
  kept.forEach(report);
  kept = [];
}

function report(warning: Error): void {
  const { code } = warning as { code?: unknown };
  log?.warn({ warning: warning.name, ...(typeof code === 'string' && { code }) }, warning.message);
}
