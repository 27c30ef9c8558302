/** The command line as a program: signals, logs, output, secrets. */
export { childrenCpuMs } from './child-cpu.js';
export { type Paint, type Style, paintOn, unpainted } from './colour.js';
export { openDashboard } from './dashboard.js';
export { errorLine, isUsageError, printError } from './fatal-errors.js';
export { createLogger } from './logger.js';
export { LineSink, READER_GONE_CODES, writeWithin } from './output.js';
export { readableLine, withoutControls } from './readable.js';
export { secretsOfCommand } from './secrets.js';
export { type StopReason, reload$, stop$ } from './signals.js';
export { version } from './version.js';
export { logWarnings } from './warnings.js';
