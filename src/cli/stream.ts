/** The command `stream`: all cameras into one broker, until they end or are told to. */
import type { Logger } from 'pino';
import { EMPTY, type Subscription, catchError, defer, ignoreElements, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import { stats } from '../../operators/index.js';
import type { Broker } from '../broker/index.js';
import type { Camera } from '../camera.js';
import { BROKER, STATS } from '../defaults.js';
import type { Arguments } from './arguments.js';
import { DEFAULT_TOPIC } from './flags/index.js';
import { oneLine } from './guard.js';
import { createLogger } from './logger.js';
import { type Line, cameras, checkRoutes, pipeline } from './pipeline.js';
import { Screen } from './screen.js';
import type { ProgramOptions, Settings } from './settings.js';
import { stop$ } from './signals.js';
import { readableSummary, summaryOf } from './summary.js';
import type { View } from './table.js';
import { type Target, openTarget } from './target.js';

/** After the end only connections that do not close can keep the process alive. */
const LEAVE_AFTER_MS = 5_000;

/**
 * Streams until every camera has ended or the program is stopped, sends what is left, and prints the counts.
 * @returns the errors that ended cameras
 * @throws InvalidOption, before anything has started
 */
export async function stream(command: Arguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<unknown[]> {
  const { sources, settings } = command;
  const { program } = settings;
  const screen = process.stdout.isTTY && !program.json && !program.quiet ? new Screen() : undefined;
  const logger = loggerOf(program, screen, secrets);
  const target = openTarget(settings, env, logger);
  const lines = linesOf(cameras(sources, settings, logger), settings, target);
  const watching = logBroker(target.broker, logger);
  screen?.start(viewOf(lines, target.broker, program, watching), program.refresh ?? STATS.every);
  const failures = await flow(lines, logger);
  await close(target.broker, program, logger);
  watching.unsubscribe();
  screen?.end();
  print(lines, program);
  setTimeout(() => { process.exit(); }, LEAVE_AFTER_MS).unref();
  return failures;
}

/** @throws InvalidOption */
function linesOf(gates: readonly Camera[], settings: Settings, { broker, topic: usual = DEFAULT_TOPIC }: Target): Line[] {
  const planned = gates.map((gate, index) => {
    const source = settings.sources[index] ?? { camera: {}, toMessage: {}, topic: undefined };
    return { gate, source, topic: source.topic ?? usual };
  });
  checkRoutes(planned.map(({ gate, source, topic }) => ({ camera: gate.key, topic, key: source.toMessage.key ?? gate.key })));
  return planned.map(({ gate, source, topic }) => pipeline(gate, source, { settings, broker, topic }));
}

/** Beside the table only what matters is logged, unless stderr goes elsewhere. */
function loggerOf({ logLevel, quiet }: ProgramOptions, screen: Screen | undefined, secrets: readonly string[]): Logger {
  const isShared = screen !== undefined && process.stderr.isTTY;
  const level = logLevel ?? (quiet ? 'error' : isShared ? 'warn' : 'info');
  return createLogger(level, secrets, (line) => {
    if (isShared) screen.above(line);
    else process.stderr.write(line);
  });
}

/** Completes when all cameras have ended, by themselves or because they were told to. */
async function flow(lines: readonly Line[], logger: Logger): Promise<unknown[]> {
  const failures: unknown[] = [];
  const all$ = merge(...lines.map(({ gate, published$ }) => published$.pipe(
    ignoreElements(),
    catchError((error: unknown) => {
      failures.push(error);
      logger.error({ camera: gate.key, reason: oneLine(error) }, 'camera ended by a failure');
      return EMPTY;
    }),
  )));
  const told$ = stop$.pipe(tap((reason) => { logger.info({ reason }, 'stopping'); }));
  await lastValueFrom(defer(() => all$).pipe(takeUntil(told$)), { defaultValue: undefined });
  return failures;
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

/** The counts of now, with the rates of the last window. */
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

function print(lines: readonly Line[], { json, quiet }: ProgramOptions): void {
  const summary = summaryOf(lines.map(({ gate }) => ({ key: gate.key, stats: gate.stats })));
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (!quiet) process.stdout.write(readableSummary(summary, lines.map(({ gate }) => gate.key)));
}
