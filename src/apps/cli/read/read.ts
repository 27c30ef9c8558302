/** The commands `read` and `verify`: print and count messages. */
import { type Observable, lastValueFrom, take, takeUntil, tap } from 'rxjs';
import { type Verify, verify } from '../../../../operators/index.js';
import type { Reception } from '../../../broker/index.js';
import type { Gap, Received, Verified } from '../../../message/index.js';
import type { ReadArguments } from '../arguments/index.js';
import { jsonLine, messageLine, summaryLine } from './lines.js';
import { stop$ } from '../program/index.js';
import { openTopic, readTopic, summaryAndExitCode } from './topic.js';

/**
 * Reads until the reading ends or the program is stopped.
 * @returns the exit code
 * @throws InvalidOption, before anything has started
 */
export async function runRead(command: ReadArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { program } = command;
  const { messages, close } = readTopic(openTopic(command, env, secrets), command);
  const check = program.verify ? verify({ keep: ['repeated', 'torn', 'undecodable', 'fenced'] }) : undefined;
  try {
    await lastValueFrom(printed(messages, check, command).pipe(takeUntil(stop$)), { defaultValue: undefined });
  } finally {
    await close();
  }
  const { summary, exitCode } = summaryAndExitCode(messages, check);
  process.stdout.write(program.json ? jsonLine({ summary }) : summaryLine(summary));
  return exitCode;
}

/** Prints the messages; emits once for each. */
function printed(messages: Reception, check: Verify | undefined, { program }: ReadArguments): Observable<unknown> {
  const { json, quiet, frames = Infinity } = program;
  const counted = frames === Infinity ? messages : messages.pipe(take(frames));
  const shown: Observable<Received | Verified | Gap> = check === undefined ? counted : counted.pipe(check);
  return shown.pipe(tap((one) => {
    if (!quiet || isWrong(one)) process.stdout.write(json ? jsonLine(one) : messageLine(one));
  }));
}

/** Whether a value is printed even with `--quiet`. */
function isWrong(one: Received | Verified | Gap): boolean {
  return 'verdict' in one && (one.verdict === 'gap' || one.verdict === 'torn');
}
