/** The command `stream`: sends all cameras to one broker, until they end or are stopped. */
import type { Logger } from 'pino';
import { EMPTY, type Subscription, catchError, defer, ignoreElements, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import { stats } from '../../../../operators/index.js';
import type { Broker, BrokerTarget } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import { BROKER, STATS } from '../../../core/defaults/defaults.js';
import { type ProgramOptions, type Settings, type StreamArguments, openTarget } from '../arguments/index.js';
import { DEFAULT_TOPIC } from '../flags/index.js';
import { GONE, LineSink, type StopReason, createLogger, delivered, logWarnings, oneLine, stop$ } from '../program/index.js';
import { type Line, cameras, checkRoutes, pipeline } from './pipeline.js';
import { Screen } from './screen.js';
import { readableSummary, summaryOf } from './summary.js';
import type { View } from './table.js';

/** After the end only connections that do not close can keep the process alive. */
const LEAVE_AFTER_MS = 5_000;

/**
 * Streams until every camera has ended or the program is stopped, sends the rest, and prints the counts.
 * @returns the errors that ended cameras, and those of writing the result
 * @throws InvalidOption, before anything has started
 */
export async function stream(command: StreamArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<unknown[]> {
  const { sources, settings } = command;
  const { program } = settings;
  const screen = process.stdout.isTTY && !program.json && !program.quiet ? new Screen() : undefined;
  const log = logOf(program, screen, secrets);
  const { logger } = log;
  logWarnings(logger);
  const target = openTarget(settings, env, logger);
  const lines = linesOf(cameras(sources, settings, logger), settings, target);
  const watching = logBroker(target.broker, logger);
  screen?.start(viewOf(lines, target.broker, program, watching), program.refresh ?? STATS.every);
  const { failures, stoppedBy } = await flow(lines, logger);
  if (stoppedBy === 'closed' && hasEnd(lines, program)) failures.push(new Error('the output has no reader any more'));
  await close(target.broker, program, logger);
  watching.unsubscribe();
  screen?.end();
  const unsaid = await print(lines, program, log.sink);
  if (unsaid !== undefined) {
    failures.push(unsaid);
    logger.error({ reason: unsaid.message }, 'the result could not be written');
  }
  setTimeout(() => { process.exit(); }, LEAVE_AFTER_MS).unref();
  return failures;
}

/** @throws InvalidOption */
function linesOf(gates: readonly Camera[], settings: Settings, { broker, topic: usual = DEFAULT_TOPIC }: BrokerTarget): Line[] {
  const planned = gates.map((gate, index) => {
    const source = settings.sources[index] ?? { camera: {}, toMessage: {}, topic: undefined };
    return { gate, source, topic: source.topic ?? usual };
  });
  checkRoutes(planned.map(({ gate, source, topic }) => ({ camera: gate.key, topic, key: source.toMessage.key ?? gate.key })));
  return planned.map(({ gate, source, topic }) => pipeline(gate, source, { settings, broker, topic }));
}

/** Beside the table only warnings and errors are logged, unless stderr goes elsewhere. */
function logOf({ logLevel, quiet }: ProgramOptions, screen: Screen | undefined, secrets: readonly string[]): { logger: Logger; sink: LineSink } {
  const isShared = screen !== undefined && process.stderr.isTTY;
  const level = logLevel ?? (quiet ? 'error' : isShared ? 'warn' : 'info');
  const sink = new LineSink(process.stderr, (dropped) => { logger.warn({ dropped }, `${dropped} lines of the log could not be written`); });
  const logger = createLogger(level, secrets, (line) => {
    if (isShared) screen.above(line);
    else sink.write(line);
  });
  return { logger, sink };
}

/** Completes when all cameras have ended or were stopped. */
async function flow(lines: readonly Line[], logger: Logger): Promise<{ failures: unknown[]; stoppedBy: StopReason | undefined }> {
  const failures: unknown[] = [];
  let stoppedBy: StopReason | undefined;
  const all$ = merge(...lines.map(({ gate, published$ }) => published$.pipe(
    ignoreElements(),
    catchError((error: unknown) => {
      failures.push(error);
      logger.error({ camera: gate.key, reason: oneLine(error) }, 'camera ended by a failure');
      return EMPTY;
    }),
  )));
  const told$ = stop$.pipe(tap((reason) => {
    stoppedBy ??= reason;
    logger.info({ reason }, 'stopping');
  }));
  await lastValueFrom(defer(() => all$).pipe(takeUntil(told$)), { defaultValue: undefined });
  return { failures, stoppedBy };
}

/** Whether the reader went away before the work was done: the command then fails. */
function hasEnd(lines: readonly Line[], { frames }: ProgramOptions): boolean {
  return frames !== undefined || lines.some(({ gate: { plan: { origin } } }) => origin.kind === 'camera' && !origin.source.endless);
}

async function close(broker: Broker, { closeDeadlineMs = BROKER.closeDeadlineMs }: ProgramOptions, logger: Logger): Promise<void> {
  const { unsent, unsentBytes } = await broker.close({ deadlineMs: closeDeadlineMs });
  if (unsent > 0) logger.error({ unsent, unsentBytes, broker: broker.address }, `${unsent} messages could not be sent`);
}

function logBroker(broker: Broker, logger: Logger): Subscription {
  const { kind, address } = broker;
  let last = 'idle';
  return broker.state$.subscribe(({ status, error }) => {
    if (status === last) return;
    last = status;
    const facts = { broker: kind, address, ...(error && { reason: error.message }) };
    if (status === 'unavailable') logger.warn(facts, 'broker unavailable');
    else logger.info(facts, `broker ${status}`);
  });
}

/** The current counts, with the rates of the last window. */
function viewOf(lines: readonly Line[], broker: Broker, program: ProgramOptions, watching: Subscription): () => View {
  const { refresh = STATS.every } = program;
  const rates = lines.map(({ gate }) => gate.stats.rate);
  lines.forEach(({ gate }, index) => {
    watching.add(gate.events$.pipe(stats({ every: refresh })).subscribe(({ rate }) => { rates[index] = rate; }));
  });
  return () => ({
    cameras: lines.map(({ gate }, index) => ({ key: gate.key, stats: { ...gate.stats, rate: rates[index] ?? gate.stats.rate } })),
    broker: { address: broker.address, state: broker.state },
  });
}

/** @returns why the result was not written; a reader of text may stop early without an error */
async function print(lines: readonly Line[], { json, quiet }: ProgramOptions, log: LineSink): Promise<Error | undefined> {
  const summary = summaryOf(lines.map(({ gate }) => ({ key: gate.key, stats: gate.stats })));
  if (!json && quiet) return undefined;
  const counted = log.dropped === 0 ? summary : { ...summary, logLinesDropped: log.dropped };
  const text = json ? `${JSON.stringify(counted)}\n` : readableSummary(summary, lines.map(({ gate }) => gate.key));
  const error = await delivered(process.stdout, text, LEAVE_AFTER_MS);
  return !json && GONE.has(error?.code) ? undefined : error;
}
