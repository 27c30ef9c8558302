/** The program around each command: signals, logs, output, secrets. */
export { childCpuMs } from './child-cpu.js';
export { type Paint, type Style, paintOn, unpainted } from './colour.js';
export { openDashboard } from './dashboard.js';
export { EXIT_USAGE, errorLine, isUsageError, printError } from './fatal-errors.js';
export { createLogger } from './logger.js';
export { LineSink, READER_GONE_CODES, writeWithin } from './output.js';
export { ASSUMED_TERMINAL, counted, cut, readableLine, withoutControls } from './readable.js';
export { secretsOfCommand } from './secrets.js';
export { type StopReason, reload$, stop$ } from './signals.js';
export { version } from './version.js';
export { logWarnings } from './warnings.js';
