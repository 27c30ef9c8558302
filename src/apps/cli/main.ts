#!/usr/bin/env node
/** The command `rxcam`. The title is set before other modules are loaded, which takes a fifth of a second. */

/** Longest time for which an open connection keeps the process running after its command has ended; ms. */
const MAX_OPEN_MS = 5_000;

const args = process.argv.slice(2);
const { shownArguments } = await import('./program/secrets.js');
// The system's list of processes shows this title in place of the arguments, which may contain credentials.
process.title = ['rxcam', ...shownArguments(args)].join(' ');

const { keepHeapSmall } = await import('./program/heap.js');
const { exitOnUncaughtError } = await import('./program/fatal-errors.js');
keepHeapSmall();
exitOnUncaughtError();
// A health check runs every few seconds, so it loads only the modules that it uses.
process.exitCode = args[0] === 'health'
  ? await (await import('./health/main.js')).runHealthCommandLine(args, process.env)
  : await (await import('./run-command.js')).runCommandLine(args, process.env);
setTimeout(() => {
  process.stderr.write(`rxcam: ended with open handles: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit();
}, MAX_OPEN_MS).unref();
