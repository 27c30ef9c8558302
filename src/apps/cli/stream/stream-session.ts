/** The output of `stream` and `run`: the log, the table, the brokers' states, and the counts at the end. */
import type { Logger } from 'pino';
import { type Observable, Subscription } from 'rxjs';
import { stats } from '../../../../operators/index.js';
import type { Broker } from '../../../broker/index.js';
import { type Camera, hubOf } from '../../../camera/index.js';
import { STATS } from '../../../core/defaults/defaults.js';
import { FROZEN_AFTER_MS } from '../../../core/defaults/monitoring.js';
import type { SourceInfo } from '../../../core/frame/frame.js';
import type { CameraStats } from '../../../ledger/index.js';
import type { Colours, LogLevel } from '../flags/index.js';
import { LineSink, READER_GONE_CODES, createLogger, errorLine, logWarnings, paintOn, readableLine, writeWithin } from '../program/index.js';
import { Screen } from './screen.js';
import { readableSummary, summaryOf } from './summary.js';
import type { Progress, View } from './camera-table.js';

/** Time limit for printing the counts to a slow reader; ms. */
const PRINT_TIMEOUT_MS = 5_000;

/** Options of the output. */
export interface SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color?: Colours | undefined;
  readonly logLevel?: LogLevel | undefined;
  /** Interval of redrawing the table, in ms. */
  readonly refresh?: number | undefined;
}

/** Running cameras and brokers. */
export interface RunningParts {
  readonly cameras: readonly Camera[];
  readonly brokers: readonly Broker[];
  /** Notices below the table, one on each line. */
  readonly notes?: readonly string[];
}

/** Facts about a camera besides its statistics. */
interface FollowedCamera { rate: CameraStats['rate']; reason: string | undefined; pictures: number | undefined; readonly subscription: Subscription }

export class Session {
  readonly logger: Logger;
  readonly #screen: Screen | undefined;
  readonly #sink: LineSink;
  /** Cameras of the table, and brokers whose states are logged. */
  readonly #followed = new Map<Camera, FollowedCamera>();
  readonly #brokers = new Map<Broker, Subscription>();
  #shown: RunningParts = { cameras: [], brokers: [] };

  /** @param secrets - texts that no line of the log shows; more may be added to the array later */
  constructor(readonly options: SessionOptions, secrets: readonly string[], env: NodeJS.ProcessEnv) {
    const { json, quiet, color, logLevel } = options;
    // A dumb terminal can't move its cursor, so it gets lines in place of a table.
    const isDumb = env['TERM'] === 'dumb';
    this.#screen = process.stdout.isTTY && !json && !quiet && !isDumb ? new Screen(paintOn(process.stdout, env, color)) : undefined;
    const screen = this.#screen;
    // On the terminal of the table, only warnings and errors are logged.
    const isShared = screen !== undefined && process.stderr.isTTY;
    const level = logLevel ?? (quiet ? 'error' : isShared ? 'warn' : 'info');
    this.#sink = new LineSink(process.stderr, (dropped) => { this.logger.warn({ dropped }, `${dropped} lines of the log could not be written`); });
    this.logger = createLogger(level, secrets, (line) => {
      if (isShared) screen.above(line);
      else this.#sink.write(isDumb && process.stderr.isTTY ? `${readableLine(line)}\n` : line);
    });
    logWarnings(this.logger);
  }

  /** Shows these cameras and brokers in the table, and logs changes of the brokers' states. The first call starts the table. */
  show(parts: RunningParts): void {
    this.#shown = parts;
    this.#followBrokers(parts.brokers);
    if (this.#screen === undefined) return;
    this.#followCameras(parts.cameras);
    this.#screen.start(() => this.#view(), this.options.refresh ?? STATS.every);
  }

  /** Stops the table, and leaves its last state on the screen. */
  end(): void {
    for (const { subscription } of this.#followed.values()) subscription.unsubscribe();
    for (const subscription of this.#brokers.values()) subscription.unsubscribe();
    this.#screen?.end();
  }

  /**
   * Prints the counts.
   * @returns the error if they could not be written; that the reader of text is gone is not an error
   */
  async print(cameras: readonly { readonly key: string; readonly stats: CameraStats }[]): Promise<Error | undefined> {
    const error = await this.#print(cameras);
    if (error !== undefined) this.logger.error({ reason: error.message }, 'the result could not be written');
    return error;
  }

  async #print(cameras: readonly { readonly key: string; readonly stats: CameraStats }[]): Promise<Error | undefined> {
    const { json, quiet } = this.options;
    if (!json && quiet) return undefined;
    const summary = summaryOf(cameras);
    const { dropped } = this.#sink;
    const counted = dropped === 0 ? summary : { ...summary, logLinesDropped: dropped };
    const text = json ? `${JSON.stringify(counted)}\n` : readableSummary(summary, cameras.map(({ key }) => key));
    const error = await writeWithin(process.stdout, text, PRINT_TIMEOUT_MS);
    return !json && READER_GONE_CODES.has(error?.code) ? undefined : error;
  }

  #followCameras(cameras: readonly Camera[]): void {
    removeOthers(this.#followed, cameras, ({ subscription }) => { subscription.unsubscribe(); });
    for (const camera of cameras) {
      if (this.#followed.has(camera)) continue;
      const subscription = new Subscription();
      const followed: FollowedCamera = { rate: camera.stats.rate, reason: undefined, pictures: undefined, subscription };
      this.#followed.set(camera, followed);
      // The statistics have only the code of the last error.
      subscription.add(hubOf(camera)?.ledger.stateEvents$.subscribe((event) => {
        // Without the address: the line has the camera's key, and little room for the reason.
        if (event.type === 'failed') followed.reason = errorLine(event.error).replace(/^'[a-z]+:[^']*' (?:cannot be read: )?/, '');
        if (event.type === 'recovered') followed.reason = undefined;
        if (event.type === 'opened') followed.pictures = picturesOf(event.source);
      }));
      subscription.add(this.#statsOf(camera).subscribe(({ rate }) => { followed.rate = rate; }));
    }
  }

  /** A camera's statistics. Those of the camera itself cost nothing more; another interval needs all of its events. */
  #statsOf(camera: Camera): Observable<CameraStats> {
    const { refresh = STATS.every } = this.options;
    return refresh === STATS.every ? camera.stats$ : camera.events$.pipe(stats({ every: refresh }));
  }

  #followBrokers(brokers: readonly Broker[]): void {
    removeOthers(this.#brokers, brokers, (subscription) => { subscription.unsubscribe(); });
    for (const broker of brokers) if (!this.#brokers.has(broker)) this.#brokers.set(broker, logBroker(broker, this.logger));
  }

  /** The current counts, with the rates of the last window. */
  #view(): View {
    const { cameras, brokers, notes } = this.#shown;
    return {
      notes,
      cameras: cameras.map((camera) => {
        const { key, stats: now } = camera;
        const { rate = now.rate, reason, pictures } = this.#followed.get(camera) ?? {};
        const isFrozen = (hubOf(camera)?.stillMs ?? 0) > FROZEN_AFTER_MS;
        return { key, stats: { ...now, rate }, reason, progress: progressOf(camera, now, pictures), isFrozen };
      }),
      brokers: brokers.map(({ address, state }) => ({ address, state })),
    };
  }
}

/** Number of pictures of a file; undefined if it is not known. */
function picturesOf({ durationSeconds, fps }: SourceInfo): number | undefined {
  return durationSeconds === undefined || fps === undefined || durationSeconds * fps < 1 ? undefined : durationSeconds * fps;
}

/** The progress of a file: its download, then its pictures. */
function progressOf({ plan: { origin } }: Camera, { captured }: CameraStats, pictures: number | undefined): Progress | undefined {
  if (origin.kind !== 'camera') return undefined;
  const { downloading, endless } = origin.source;
  if (downloading !== undefined && downloading.totalBytes > 0) return { share: downloading.bytes / downloading.totalBytes, isDownload: true };
  return pictures === undefined || endless ? undefined : { share: Math.min(1, captured / pictures), isDownload: false };
}

function removeOthers<K, V>(map: Map<K, V>, keep: readonly K[], gone: (value: V) => void): void {
  for (const [key, value] of map) {
    if (keep.includes(key)) continue;
    gone(value);
    map.delete(key);
  }
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
