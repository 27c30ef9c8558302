/** The command line as a program: signals, logs, output, secrets. */
export { childrenCpuMs } from './child-cpu.js';
export { type Paint, type Style, paintOn, unpainted } from './colour.js';
export { openDashboard } from './dashboard.js';
export { complain, guard, isUsage, oneLine } from './guard.js';
export { keepHeapSmall } from './heap.js';
export { createLogger } from './logger.js';
export { GONE, LineSink, delivered } from './output.js';
export { plain, readableLine } from './readable.js';
export { secretsOfCommand, shownWords } from './secrets.js';
export { type StopReason, reload$, stop$ } from './signals.js';
export { logWarnings } from './warnings.js';
