/** Parts that the commands which read a topic share: the broker, the log, the summary and the exit code. */
import type { Logger } from 'pino';
import { type Verify, subscribe } from '../../../../operators/index.js';
import { BROKERS, type Broker, type Reception, brokerAt } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { createLogger, errorLine } from '../program/index.js';
import { type ReaderArguments, openTarget } from '../arguments/index.js';
import { type ReadSummary, readSummaryOf } from './summary.js';

/** Exit code if a message is missing or torn. */
export const EXIT_NOT_WHOLE = 3;

/** An open broker, and the topic in its address. */
export interface OpenTopic { readonly broker: Broker; readonly topic: string; readonly logger: Logger }

/** The messages of a topic. Failed connections are logged. */
export interface TopicReading {
  readonly messages: Reception;
  /** The state of the connections that read it, for `rxcam health`. */
  readonly state: () => { readonly status: string; readonly error?: Error };
  /** Ends the log, and closes the broker. */
  readonly close: () => Promise<void>;
}

/** @throws InvalidOption */
export function openTopic({ command, settings, program }: ReaderArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): OpenTopic {
  const logger = createLogger(program.logLevel, secrets);
  const readFrom = `${command}: the address of a broker`;
  const { name } = brokerAt(settings.program.to, readFrom);
  if (BROKERS[name].hosts === 'none') throw new InvalidOption(`${command}: ${name}: given, expected the address of a broker outside this program`);
  const { broker, topic } = openTarget(settings, env, logger, readFrom);
  if (topic === undefined) throw new InvalidOption(`${command}: an address without a topic given, expected one after the '/'`);
  return { broker, topic, logger };
}

/** @throws InvalidOption */
export function readTopic({ broker, topic, logger }: OpenTopic, command: ReaderArguments): TopicReading {
  const messages = subscribe(broker, { ...command.subscribe, topic });
  let last: Error | undefined;
  const errors = messages.errors$.subscribe((error) => {
    last = error;
    logger.warn({ broker: broker.address, reason: errorLine(error) }, 'broker unavailable');
  });
  return {
    messages,
    state: () => {
      const { status } = messages.stats;
      return { status, ...(status === 'unavailable' && last !== undefined && { error: last }) };
    },
    close: async () => {
      errors.unsubscribe();
      await broker.close({ deadlineMs: 0 });
    },
  };
}

/** The summary of a reading, and its exit code. */
export function summaryAndExitCode(messages: Reception, check: Verify | undefined): { readonly summary: ReadSummary; readonly exitCode: number } {
  const summary = readSummaryOf(messages.stats, check?.stats);
  const { expired, verdicts } = summary;
  const bad = verdicts === undefined ? expired : verdicts.missing + verdicts.torn;
  return { summary, exitCode: bad > 0 ? EXIT_NOT_WHOLE : 0 };
}
