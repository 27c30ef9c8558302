/** The command `stream`: sends all cameras to one broker, until they end or are stopped. */
import type { Logger } from 'pino';
import { EMPTY, catchError, defer, ignoreElements, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import type { Broker, BrokerTarget } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import { BROKER } from '../../../core/defaults/defaults.js';
import { type ProgramOptions, type Settings, type StreamArguments, openTarget } from '../arguments/index.js';
import { DEFAULT_TOPIC } from '../flags/index.js';
import { cameraHealth, serveHealth } from '../health/index.js';
import { type StopReason, errorLine, openDashboard, stop$ } from '../program/index.js';
import { type Line, checkRoutes, createCameras, createPipeline } from './pipeline.js';
import { Session } from './session.js';

/**
 * Streams until every camera has ended or the program is stopped, sends the rest, and prints the counts.
 * @returns the errors that ended cameras, and those of writing the result
 * @throws InvalidOption, before anything has started
 */
export async function runStream(command: StreamArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<unknown[]> {
  const { sources, settings } = command;
  const { program } = settings;
  const session = new Session(program, secrets, env);
  const { logger } = session;
  const target = openTarget(settings, env, logger);
  const lines = linesOf(createCameras(sources, settings, logger), settings, target);
  const page = await openDashboard(program, { cameras: lines.map(({ gate }) => gate), brokers: [target.broker] }, env, logger);
  session.show({ cameras: lines.map(({ gate }) => gate), brokers: [target.broker] });
  serveHealth('stream', () => ({ cameras: lines.map(({ gate }) => cameraHealth(gate)), brokers: [target.broker] }), logger, env);
  const { failures, stoppedBy } = await flow(lines, logger);
  if (stoppedBy === 'closed' && hasEnd(lines, program)) failures.push(new Error('the output no longer has a reader'));
  await close(target.broker, program, logger);
  await page?.close();
  session.end();
  const unsaid = await session.print(lines.map(({ gate }) => ({ key: gate.key, stats: gate.stats })));
  if (unsaid !== undefined) failures.push(unsaid);
  return failures;
}

/** @throws InvalidOption */
function linesOf(gates: readonly Camera[], settings: Settings, { broker, topic: usual = DEFAULT_TOPIC }: BrokerTarget): Line[] {
  const planned = gates.map((gate, index) => {
    const source = settings.sources[index] ?? { camera: {}, toMessage: {}, topic: undefined };
    return { gate, source, topic: source.topic ?? usual };
  });
  checkRoutes(planned.map(({ gate, source, topic }) => ({ camera: gate.key, topic, key: source.toMessage.key ?? gate.key })));
  return planned.map(({ gate, source, topic }) => createPipeline(gate, source, { settings, broker, topic }));
}

/** Completes when all cameras have ended or were stopped. */
async function flow(lines: readonly Line[], logger: Logger): Promise<{ failures: unknown[]; stoppedBy: StopReason | undefined }> {
  const failures: unknown[] = [];
  let stoppedBy: StopReason | undefined;
  const all$ = merge(...lines.map(({ gate, published$ }) => published$.pipe(
    ignoreElements(),
    catchError((error: unknown) => {
      failures.push(error);
      logger.error({ camera: gate.key, reason: errorLine(error) }, 'camera ended by a failure');
      return EMPTY;
    }),
  )));
  const stopping$ = stop$.pipe(tap((reason) => {
    stoppedBy ??= reason;
    logger.info({ reason }, 'stopping');
  }));
  await lastValueFrom(defer(() => all$).pipe(takeUntil(stopping$)), { defaultValue: undefined });
  return { failures, stoppedBy };
}

/** Whether the command has an end: if the reader of its output leaves before it, the command fails. */
function hasEnd(lines: readonly Line[], { frames }: ProgramOptions): boolean {
  return frames !== undefined || lines.some(({ gate: { plan: { origin } } }) => origin.kind === 'camera' && !origin.source.endless);
}

async function close(broker: Broker, { closeDeadlineMs = BROKER.closeDeadlineMs }: ProgramOptions, logger: Logger): Promise<void> {
  const { unsent, unsentBytes } = await broker.close({ deadlineMs: closeDeadlineMs });
  if (unsent > 0) logger.error({ unsent, unsentBytes, broker: broker.address }, `${unsent} messages could not be sent`);
}
