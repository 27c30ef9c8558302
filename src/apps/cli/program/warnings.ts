/** What Node warns of becomes a line of the log: by itself it would print text between lines of JSON. */
import type { Logger } from 'pino';

/** As many as come before there is a log; none is lost that matters. */
const MAX_KEPT = 20;

let kept: Error[] = [];
let log: Pick<Logger, 'warn'> | undefined;

/** From now on Node prints no warning by itself. */
export function takeWarnings(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (log !== undefined) tell(warning);
    else if (kept.length < MAX_KEPT) kept.push(warning);
  });
}

/** Where warnings go, those of before as well. */
export function logWarnings(logger: Pick<Logger, 'warn'>): void {
  log = logger;
  kept.forEach(tell);
  kept = [];
}

function tell(warning: Error): void {
  const { code } = warning as { code?: unknown };
  log?.warn({ warning: warning.name, ...(typeof code === 'string' && { code }) }, warning.message);
}
