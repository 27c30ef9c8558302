/** Reasons to stop the program from outside: the first signal requests its end, the second ends it at once. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { Observable, Subject, defer, share } from 'rxjs';
import { READER_GONE_CODES } from './output.js';

/** `closed`: the output no longer has a reader (`rxcam … 2>&1 | head`). */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'closed';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Emits on SIGHUP, if that requests a reload. */
const reload = new Subject<void>();
let isReloading = false;

/**
 * Emits each reason to stop. A signal after the first reason ends the process and each ffmpeg at once, with exit code 128 + the
 * signal's number. The handlers stay until the process ends. That only the log has no reader is not a reason.
 */
export const stop$: Observable<StopReason> = new Observable<StopReason>((subscriber) => {
  let isStopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && isReloading && !isStopping && hasTerminal()) {
        reload.next();
        return;
      }
      if (isStopping) process.exit(128 + constants.signals[signal]);
      isStopping = true;
      subscriber.next(signal);
    });
  }
  const stopClosed = () => {
    isStopping = true;
    subscriber.next('closed');
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (READER_GONE_CODES.has(error.code)) stopClosed(); });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => { if (READER_GONE_CODES.has(error.code) && isStdoutGone()) stopClosed(); });
}).pipe(share({ resetOnRefCountZero: false }));

/** Emits when a reload is requested by SIGHUP, which from the first subscription on stops the program only if its terminal is gone. */
export const reload$: Observable<void> = defer(() => {
  isReloading = true;
  return reload;
});

/** Whether SIGHUP does not mean that the terminal is gone: it still exists, or the program is a service, which has none. */
function hasTerminal(): boolean {
  if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Whether stdout has lost its reader: nothing is written to it before the end, but the log, which has just failed, may have the same reader. */
function isStdoutGone(): boolean {
  if (process.stdout.destroyed || process.stderr.isTTY) return true;
  try {
    const [out, log] = [fstatSync(1), fstatSync(2)];
    if (out.dev === log.dev && out.ino === log.ino) return true;
    // A socket reports at once that its other end is closed, a pipe only at the next write.
    if (out.isSocket()) process.stdout.write('');
    return false;
  } catch {
    return true;
  }
}
