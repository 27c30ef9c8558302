/** Determines why ffmpeg ended, by a table of its messages, based on runs of 5.1 and of the build of 2018. */
import type { ErrorCode } from '../../core/errors/errors.js';
import { NETWORK_ROWS, type StderrRow, type StderrRows } from '../../core/errors/stderr-rows.js';

/** The exit of a process, and its progress until then. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Last lines of stderr. */
  readonly tail: readonly string[];
  /** Whether the source has answered. */
  readonly sawConnection: boolean;
  /** Whether a picture has arrived. */
  readonly sawFrame: boolean;
  /** Whether the source is live. */
  readonly live: boolean;
  /** Rows of the source's kind. Default: those of networks and files. */
  readonly rows?: StderrRows | undefined;
}

/** The failure that an exit means; `reason` is not redacted. */
export interface ExitFailure { readonly code: ErrorCode; readonly reason: string }

/** Rows for every source, between the answers and the failures of the source's kind. */
const EARLY_ROWS: readonly StderrRow[] = [
  [/Format not on whitelist/i, 'DECODE_FAILED'],
  [/matches no streams|does not contain any stream|Output file is empty, nothing was encoded/i, 'NO_VIDEO'],
  [/Error (initializing output stream|while opening encoder)|Unknown encoder|Cannot load lib|No (NVENC )?capable devices|Error (re)?initializing filters|Video encoding failed|x265 \[error\]|Device creation failed/i, 'ENCODER_FAILED'],
];
/** Rows for every source, after those of the source's kind. */
const LATE_ROWS: readonly StderrRow[] = [
  [/Cannot allocate memory|Too many open files|pthread_create\S* failed/i, 'RESOURCE_EXHAUSTED'],
  [/Invalid data found when processing input|moov atom not found|could not find codec parameters|Invalid argument/i, 'DECODE_FAILED'],
];

/** Lines that may state a reason, unlike progress and statistics. */
const HAS_REASON = /\[(error|fatal|panic|warning)\]/;

/** The failure of a process that has not exited with 0. The last matching line of the first matching row decides. */
export function classifyExit(exit: Exit): ExitFailure {
  if (exit.signal !== null) return { code: 'CAPTURE_CRASHED', reason: `ffmpeg was ended by ${exit.signal}${lastReason(exit.tail.filter((line) => HAS_REASON.test(line)))}` };
  const lines = exit.tail.filter((line) => HAS_REASON.test(line)).reverse();
  const { answers, failures } = exit.rows ?? NETWORK_ROWS;
  for (const [pattern, code] of [...answers, ...EARLY_ROWS, ...failures, ...LATE_ROWS]) {
    const line = lines.find((one) => pattern.test(one));
    if (line !== undefined) return failureOfLine(code, line, exit);
  }
  return { code: 'CAPTURE_CRASHED', reason: `ffmpeg ended with ${String(exit.code)}${lastReason(exit.tail)}` };
}

/**
 * The failure of a line, corrected by the progress of the process: after the first frame, a broken connection to a live source is the
 * end of the stream. Before the first answer, ffmpeg reports a connection that breaks as invalid data.
 */
function failureOfLine(code: ErrorCode, line: string, exit: Exit): ExitFailure {
  const refusedFormat = /^\[(\w[\w,]*) @.*Format not on whitelist/.exec(line)?.[1];
  const message = refusedFormat === undefined ? messageIn(line) : formatRefusal(refusedFormat);
  const reason = code === 'ENCODER_FAILED' ? message + x265Reason(exit.tail) : message;
  if (line.includes('Invalid data found') && exit.live && !exit.sawConnection) {
    return { code: 'SOURCE_REFUSED', reason: `the connection was closed before the source described itself (${reason})` };
  }
  const isBreak = exit.sawFrame && (code === 'SOURCE_REFUSED' || code === 'SOURCE_TIMEOUT');
  return { code: isBreak && exit.live ? 'STREAM_ENDED' : code, reason };
}

/** The reason in x265's own lines, which have no context; empty if there is none. Its warning about threads is not a reason. */
function x265Reason(tail: readonly string[]): string {
  const lines = tail.flatMap((line) => /^x265 \[(?:warning|error)\]: (?!.* disabled$)(.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? '' : ` (x265: ${lines.join('; ')})`;
}

/** The message about a format that is not allowed: ffmpeg would draw text as pictures, and a list could name any file. */
function formatRefusal(format: string): string {
  if (['tty', 'ansi', 'bin', 'adf', 'idf', 'xbin', 'txd'].includes(format)) return `the source is text (${format}), not video`;
  return `the source has the format '${format}', which is not allowed: it is a list that may name other files, or not a video format`;
}

/** The last line with a reason, otherwise the last line, as the end of a message. */
function lastReason(tail: readonly string[]): string {
  const line = tail.findLast((one) => HAS_REASON.test(one)) ?? tail.at(-1);
  return line === undefined ? '' : `: ${messageIn(line)}`;
}

/** A line without its contexts and level. */
function messageIn(line: string): string {
  return line.replace(/^(\[[^\]]*\] ?)+/, '').trim();
}
