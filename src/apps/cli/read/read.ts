/** The commands `read` and `verify`: prints what comes, and counts it. */
import { type Observable, lastValueFrom, take, takeUntil, tap } from 'rxjs';
import { type Verify, subscribe, verify } from '../../../../operators/index.js';
import { BROKERS, type Reception, brokerAt } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import type { Gap, Received, Verified } from '../../../message/index.js';
import { createLogger, oneLine, stop$ } from '../program/index.js';
import { type ReadArguments, openTarget } from '../arguments/index.js';
import { jsonLine, readableLine, summaryLine } from './lines.js';
import { summaryOf } from './summary.js';

/** What the address is given for. */
const READ_FROM = 'read: the address of a broker';
/** A message is missing or torn. */
const NOT_WHOLE = 3;

/**
 * Reads until the end of the reading, or until the program is told to stop.
 * @returns the exit code
 * @throws InvalidOption, before anything has started
 */
export async function read(command: ReadArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { program, settings } = command;
  const logger = createLogger(program.logLevel, secrets, (line) => { process.stderr.write(line); });
  const { name } = brokerAt(settings.program.to, READ_FROM);
  if (BROKERS[name].hosts === 'none') throw new InvalidOption(`read: ${name}: given, expected the address of a broker outside of this program`);
  const { broker, topic } = openTarget(settings, env, logger, READ_FROM);
  if (topic === undefined) throw new InvalidOption("read: an address without a topic given, expected one behind the '/'");
  const messages = subscribe(broker, { ...command.subscribe, topic });
  const check = program.verify ? verify({ keep: ['repeated', 'torn', 'undecodable'] }) : undefined;
  const errors = messages.errors$.subscribe((error) => { logger.warn({ broker: broker.address, reason: oneLine(error) }, 'broker unavailable'); });
  try {
    await lastValueFrom(printed(messages, check, command).pipe(takeUntil(stop$)), { defaultValue: undefined });
  } finally {
    errors.unsubscribe();
    await broker.close({ deadlineMs: 0 });
  }
  const summary = summaryOf(messages.stats, check?.stats);
  process.stdout.write(program.json ? jsonLine({ summary }) : summaryLine(summary));
  return summary.verdicts !== undefined && summary.verdicts.missing + summary.verdicts.torn > 0 ? NOT_WHOLE : 0;
}

/** Emits once for each message. */
function printed(messages: Reception, check: Verify | undefined, { program }: ReadArguments): Observable<unknown> {
  const { json, quiet, frames = Infinity } = program;
  const counted = frames === Infinity ? messages : messages.pipe(take(frames));
  const shown: Observable<Received | Verified | Gap> = check === undefined ? counted : counted.pipe(check);
  return shown.pipe(tap((one) => {
    if (!quiet || isWrong(one)) process.stdout.write(json ? jsonLine(one) : readableLine(one));
  }));
}

/** What is shown even of a whole topic. */
function isWrong(one: Received | Verified | Gap): boolean {
  return 'verdict' in one && (one.verdict === 'gap' || one.verdict === 'torn');
}
