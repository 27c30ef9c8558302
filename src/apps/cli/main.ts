#!/usr/bin/env node
/** The command `rxcam`. The title is set before other modules are loaded, which takes a fifth of a second. */

/** Time that a connection which was left open keeps the process after its command has ended; ms. */
const LEFT_OPEN_MS = 5_000;

const words = process.argv.slice(2);
const { shownWords } = await import('./program/secrets.js');
// The list of processes shows the arguments of a program while it runs, so credentials among them are hidden.
process.title = ['rxcam', ...shownWords(words)].join(' ');

const { keepHeapSmall } = await import('./program/heap.js');
const { exitOnUncaughtError } = await import('./program/fatal-errors.js');
keepHeapSmall();
exitOnUncaughtError();
// A health check runs every few seconds: it loads nothing that it does not use.
process.exitCode = words[0] === 'health'
  ? await (await import('./health/main.js')).runHealthCommandLine(words, process.env)
  : await (await import('./run.js')).runCommandLine(words, process.env);
setTimeout(() => {
  process.stderr.write(`rxcam: ended with open handles: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit();
}, LEFT_OPEN_MS).unref();
