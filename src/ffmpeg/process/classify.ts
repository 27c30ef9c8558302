/** Finds out why ffmpeg ended, by a table of its messages; based on runs of 5.1 and of the build of 2018. */
import type { ErrorCode } from '../../core/errors/errors.js';
import { NETWORK_ROWS, type StderrRow, type StderrRows } from '../../core/errors/stderr-rows.js';

/** How a process ended, and its progress until then. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Last lines of stderr. */
  readonly tail: readonly string[];
  readonly sawConnection: boolean;
  readonly sawStream: boolean;
  readonly sawFrame: boolean;
  readonly live: boolean;
  /** Rows of the source's kind. Default: those of networks and files. */
  readonly rows?: StderrRows | undefined;
}

/** The failure of an exit; `reason` is not redacted. */
export interface ExitFailure { readonly code: ErrorCode; readonly reason: string }

/** Rows for every source, before those of the source's kind. */
const FORMS: readonly StderrRow[] = [
  [/Format not on whitelist/i, 'DECODE_FAILED'],
  [/matches no streams|does not contain any stream|Output file is empty, nothing was encoded/i, 'NO_VIDEO'],
  [/Error (initializing output stream|while opening encoder)|Unknown encoder|Cannot load lib|No (NVENC )?capable devices|Error (re)?initializing filters|Video encoding failed|x265 \[error\]|Device creation failed/i, 'ENCODER_FAILED'],
];
/** Rows for every source, after those of the source's kind. */
const OTHERS: readonly StderrRow[] = [
  [/Cannot allocate memory|Too many open files|pthread_create\S* failed/i, 'RESOURCE_EXHAUSTED'],
  [/Invalid data found when processing input|moov atom not found|could not find codec parameters|Invalid argument/i, 'DECODE_FAILED'],
];

/** Lines that name a reason, unlike progress and statistics. */
const TELLING = /\[(error|fatal|panic|warning)\]/;

export function classifyExit(exit: Exit): ExitFailure {
  if (exit.signal !== null) return { code: 'CAPTURE_CRASHED', reason: `ffmpeg was ended by ${exit.signal}${last(exit.tail.filter((line) => TELLING.test(line)))}` };
  const lines = exit.tail.filter((line) => TELLING.test(line)).reverse();
  const { answers, failures } = exit.rows ?? NETWORK_ROWS;
  for (const [pattern, code] of [...answers, ...FORMS, ...failures, ...OTHERS]) {
    const line = lines.find((one) => pattern.test(one));
    if (line !== undefined) return ruled(code, line, exit);
  }
  return { code: 'CAPTURE_CRASHED', reason: `ffmpeg ended with ${String(exit.code)}${last(exit.tail)}` };
}

/**
 * If frames had arrived, a broken connection is the end of the stream, not a refusal. If the source had not answered, ffmpeg
 * reports a connection that breaks during the first exchange as invalid data.
 */
function ruled(code: ErrorCode, line: string, exit: Exit): ExitFailure {
  const format = /^\[(\w[\w,]*) @.*Format not on whitelist/.exec(line)?.[1];
  const why = format === undefined ? message(line) : notTaken(format);
  const reason = code === 'ENCODER_FAILED' ? why + refusal(exit.tail) : why;
  if (line.includes('Invalid data found') && exit.live && !exit.sawConnection) {
    return { code: 'SOURCE_REFUSED', reason: `the connection was closed before the source described itself (${reason})` };
  }
  const isBreak = exit.sawFrame && (code === 'SOURCE_REFUSED' || code === 'SOURCE_TIMEOUT');
  return { code: isBreak && exit.live ? 'STREAM_ENDED' : code, reason };
}

/** x265's lines have no context; its warning about threads is not a reason. */
function refusal(tail: readonly string[]): string {
  const lines = tail.flatMap((line) => /^x265 \[(?:warning|error)\]: (?!.* disabled$)(.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? '' : ` (x265: ${lines.join('; ')})`;
}

/** ffmpeg would draw text as pictures, and a list could name any file. */
function notTaken(format: string): string {
  if (['tty', 'ansi', 'bin', 'adf', 'idf', 'xbin', 'txd'].includes(format)) return `the source is text (${format}), not video`;
  return `the source has the format '${format}', which is not allowed: it is a list that may name other files, or not a video format`;
}

function last(tail: readonly string[]): string {
  const line = tail.findLast((one) => TELLING.test(one)) ?? tail.at(-1);
  return line === undefined ? '' : `: ${message(line)}`;
}

function message(line: string): string {
  return line.replace(/^(\[[^\]]*\] ?)+/, '').trim();
}
