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
import { type StreamedCamera, checkRoutes, createCameras, createPipeline } from './pipeline.js';
import { Session } from './stream-session.js';

/**
 * Streams until all cameras have ended or the program is stopped, sends the remaining messages, and prints the counts.
 * @returns the errors that ended cameras, and that of printing the counts
 * @throws InvalidOption, before anything has started
 */
export async function runStream(command: StreamArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<unknown[]> {
  const { sources, settings } = command;
  const { program } = settings;
  const session = new Session(program, secrets, env);
  const { logger } = session;
  const target = openTarget(settings, env, logger);
  const pipelines = pipelinesOf(createCameras(sources, settings, logger), settings, target);
  const page = await openDashboard(program, { cameras: pipelines.map(({ camera }) => camera), brokers: [target.broker] }, env, logger);
  session.show({ cameras: pipelines.map(({ camera }) => camera), brokers: [target.broker] });
  serveHealth('stream', () => ({ cameras: pipelines.map(({ camera }) => cameraHealth(camera)), brokers: [target.broker] }), logger, env);
  const { failures, stoppedBy } = await runPipelines(pipelines, logger);
  if (stoppedBy === 'closed' && hasEnd(pipelines, program)) failures.push(new Error('the output no longer has a reader'));
  await close(target.broker, program, logger);
  await page?.close();
  session.end();
  const outputError = await session.print(pipelines.map(({ camera }) => ({ key: camera.key, stats: camera.stats })));
  if (outputError !== undefined) failures.push(outputError);
  return failures;
}

/** The pipeline of each camera. @throws InvalidOption */
function pipelinesOf(cameras: readonly Camera[], settings: Settings, { broker, topic: defaultTopic = DEFAULT_TOPIC }: BrokerTarget) {
  const planned = cameras.map((camera, index) => {
    const source = settings.sources[index] ?? { camera: {}, toMessage: {}, topic: undefined };
    return { camera, source, topic: source.topic ?? defaultTopic };
  });
  checkRoutes(planned.map(({ camera, source, topic }) => ({ camera: camera.key, topic, key: source.toMessage.key ?? camera.key })));
  return planned.map(({ camera, source, topic }) => createPipeline(camera, source, { settings, broker, topic }));
}

/** The errors that ended cameras, and the reason to stop, if there was one. */
interface StreamEnd { readonly failures: unknown[]; readonly stoppedBy: StopReason | undefined }

/** Resolves when all cameras have ended or were stopped. */
async function runPipelines(pipelines: readonly StreamedCamera[], logger: Logger): Promise<StreamEnd> {
  const failures: unknown[] = [];
  let stoppedBy: StopReason | undefined;
  const all$ = merge(...pipelines.map(({ camera, published$ }) => published$.pipe(
    ignoreElements(),
    catchError((error: unknown) => {
      failures.push(error);
      logger.error({ camera: camera.key, reason: errorLine(error) }, 'camera ended by a failure');
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

/** Whether the command ends by itself. If the reader of its output is gone before that, the command fails. */
function hasEnd(pipelines: readonly StreamedCamera[], { frames }: ProgramOptions): boolean {
  return frames !== undefined || pipelines.some(({ camera: { plan: { origin } } }) => origin.kind === 'camera' && !origin.source.endless);
}

async function close(broker: Broker, { closeDeadlineMs = BROKER.closeDeadlineMs }: ProgramOptions, logger: Logger): Promise<void> {
  const { unsent, unsentBytes } = await broker.close({ deadlineMs: closeDeadlineMs });
  if (unsent > 0) logger.error({ unsent, unsentBytes, broker: broker.address }, `${unsent} messages could not be sent`);
}
