/** The command `run`: runs the cameras of a configuration file until they have ended or the program is stopped. */
import { basename } from 'node:path';
import type { Logger } from 'pino';
import { BehaviorSubject, type Observable, type Subject, combineLatest, filter, firstValueFrom, map, merge, tap } from 'rxjs';
import type { Config } from '../../config/index.js';
import { ConfigRunner, type RunningConfig, parseConfig, readConfigFile, watchConfig } from '../../config/index.js';
import type { RunArguments } from '../arguments/index.js';
import { cameraHealth, serveHealth } from '../health/index.js';
import { EXIT_USAGE, type StopReason, errorLine, isUsageError, openDashboard, reload$, stop$ } from '../program/index.js';
import { Session } from '../stream/index.js';

/**
 * @returns the exit code
 * @throws InvalidOption for a file with mistakes, before anything has started
 */
export async function runCameras({ file, program }: RunArguments, env: NodeJS.ProcessEnv, given: readonly string[]): Promise<number> {
  // Throws for a file with mistakes before anything is printed.
  parseConfig(readConfigFile(file), { file, env });
  const secrets = [...given];
  const session = new Session(program, secrets, env);
  const { logger } = session;
  const runner = new ConfigRunner({ logger, env, closeDeadlineMs: program.closeDeadlineMs });
  const mistakes$ = new BehaviorSubject<readonly string[]>([]);
  const page = await openDashboard(program, {
    cameras: () => runner.running.cameras.map(({ camera }) => camera), brokers: () => runner.running.brokers.map(({ broker }) => broker),
    disabled: () => runner.running.disabled, notices: () => noticesOf(mistakes$.value),
  }, env, logger);
  const display = combineLatest([runner.running$, mistakes$]).subscribe(([{ cameras, brokers, disabled }, mistakes]) => {
    const notEnabled = disabled.length === 0 ? [] : [`${disabled.length} not enabled in the file: ${disabled.join(', ')}`];
    const notes = [...noticesOf(mistakes), ...notEnabled];
    if (brokers.length > 0) session.show({ cameras: cameras.map(({ camera }) => camera), brokers: brokers.map(({ broker }) => broker), notes });
  });
  serveHealth('run', () => ({ cameras: runner.running.cameras.map(({ camera }) => cameraHealth(camera)), brokers: runner.running.brokers.map(({ broker }) => broker) }), logger, env);
  const cameraFailures = failuresOf(runner, logger);
  const configs = configsOf(file, env, { watches: program.watch, logger, mistakes$ }).subscribe((config) => {
    secrets.push(...config.secrets.filter((secret) => !secrets.includes(secret)));
    const changes = apply(runner, config, logger, mistakes$);
    page?.refresh();
    if (changes !== undefined) logChanges(changes, logger);
  });
  const reason = await firstValueFrom(merge(stop$, allEnded(runner)));
  if (reason !== undefined) logger.info({ reason }, 'stopping');
  configs.unsubscribe();
  const stopped = runner.stop();
  cameraFailures.subscription.unsubscribe();
  await stopped;
  display.unsubscribe();
  await page?.close();
  session.end();
  const current = runner.running.cameras.map(({ camera: { key, stats } }) => ({ key, stats }));
  const outputError = await session.print([...runner.past, ...current]);
  const failures = [...cameraFailures.failures(), ...(outputError === undefined ? [] : [outputError])];
  if (failures.length === 0) return 0;
  // An option may be found to be invalid only when a camera starts.
  return failures.every(isUsageError) ? EXIT_USAGE : 1;
}

/** The notice about a changed file that is not in effect; none if there is no mistake. */
function noticesOf(mistakes: readonly string[]): readonly string[] {
  const [first, ...more] = mistakes;
  if (first === undefined) return [];
  return [`The changed file is not in effect: ${first}${more.length === 0 ? '' : `, and ${more.length} more: rxcam check lists them`}`];
}

interface ConfigReading { readonly watches: boolean; readonly logger: Logger; readonly mistakes$: Subject<readonly string[]> }

/** Emits the configuration in the file, at once and after each change. Mistakes are logged, and emitted by `mistakes$`. */
function configsOf(file: string, env: NodeJS.ProcessEnv, { watches, logger, mistakes$ }: ConfigReading): Observable<Config> {
  const onInvalid = (error: Error) => {
    const problems = error.message.split('\n');
    // Without the folder, because a terminal is narrow.
    mistakes$.next(problems.map((problem) => problem.replace(file, basename(file))));
    for (const problem of problems) logger.error({ file, problem }, 'the file has a mistake');
    logger.error({ file, problems: problems.length }, 'the file was not applied; the cameras continue as before');
  };
  const asked$ = reload$.pipe(tap(() => { logger.info({ file }, 'the file is read again'); }));
  return watchConfig(file, { env, onInvalid, reload$: asked$, watch: watches });
}

/** Applies a configuration. Returns undefined if it has a mistake that is found only on this machine: all cameras then continue as before. */
function apply(runner: ConfigRunner, config: Config, logger: Logger, mistakes$: Subject<readonly string[]>): RunningConfig | undefined {
  try {
    const changes = runner.apply(config);
    mistakes$.next([]);
    return changes;
  } catch (error) {
    if (!isUsageError(error)) throw error;
    mistakes$.next([errorLine(error)]);
    logger.error({ reason: errorLine(error) }, 'the file was not applied; the cameras continue as before');
    return undefined;
  }
}

function logChanges({ cameras, disabled, added, changed, removed }: RunningConfig, logger: Logger): void {
  const facts = { cameras: cameras.length, disabled: disabled.length, added: added.length, changed: changed.length, removed: removed.length };
  const names = Object.fromEntries(Object.entries({ disabled, changed, removed }).filter(([, list]) => list.length > 0).map(([name, list]) => [`${name}Cameras`, list.slice(0, 20)]));
  logger.info({ ...facts, ...names }, cameras.length === 0 ? 'no camera is enabled; waiting for a change of the file' : 'configuration in effect');
}

/** Emits when all cameras have ended by themselves, as files do. If there is no camera, it waits for one. */
function allEnded(runner: ConfigRunner): Observable<StopReason | undefined> {
  return runner.running$.pipe(filter(({ cameras }) => cameras.length > 0 && cameras.every(({ ended }) => ended !== undefined)), map(() => undefined));
}

/** Logs each camera that ends by a failure, once; `failures` returns the errors so far. */
function failuresOf(runner: ConfigRunner, logger: Logger) {
  const logged = new Set<unknown>();
  const subscription = runner.running$.subscribe(({ cameras }) => {
    for (const { camera, ended } of cameras) {
      if (ended?.error === undefined || logged.has(ended)) continue;
      logged.add(ended);
      logger.error({ camera: camera.key, reason: errorLine(ended.error) }, 'camera ended by a failure');
    }
  });
  return { subscription, failures: () => runner.running.cameras.flatMap(({ ended }) => (ended?.error === undefined ? [] : [ended.error])) };
}
