/** Parts that `stream` and `run` share: the log, the table, the brokers' states, and the counts at the end. */
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
import type { Progress, View } from './table.js';

/** Time limit for the reader of the result; ms. */
const DELIVERED_WITHIN_MS = 5_000;

/** Options of the program that concern its output. */
export interface SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color?: Colours | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly refresh?: number | undefined;
}

/** Running cameras and brokers. */
export interface RunningParts {
  readonly cameras: readonly Camera[];
  readonly brokers: readonly Broker[];
  /** Notices, a line each. */
  readonly notes?: readonly string[];
}

/** Facts about a camera besides its statistics. */
interface Followed { rate: CameraStats['rate']; reason: string | undefined; pictures: number | undefined; readonly subscription: Subscription }

export class Session {
  readonly logger: Logger;
  readonly #screen: Screen | undefined;
  readonly #sink: LineSink;
  readonly #watching = new Subscription();
  /** Cameras of the table, and brokers whose states are logged. */
  readonly #followed = new Map<Camera, Followed>();
  readonly #brokers = new Map<Broker, Subscription>();
  #atWork: RunningParts = { cameras: [], brokers: [] };

  /** @param secrets - texts that no line of the log shows; more may be added */
  constructor(readonly options: SessionOptions, secrets: readonly string[], env: NodeJS.ProcessEnv) {
    const { json, quiet, color, logLevel } = options;
    // A dumb terminal can't move its cursor, and gets lines.
    const isDumb = env['TERM'] === 'dumb';
    this.#screen = process.stdout.isTTY && !json && !quiet && !isDumb ? new Screen(paintOn(process.stdout, env, color)) : undefined;
    const screen = this.#screen;
    // With a table, only warnings and errors are logged, unless stderr goes elsewhere.
    const isShared = screen !== undefined && process.stderr.isTTY;
    const level = logLevel ?? (quiet ? 'error' : isShared ? 'warn' : 'info');
    this.#sink = new LineSink(process.stderr, (dropped) => { this.logger.warn({ dropped }, `${dropped} lines of the log could not be written`); });
    this.logger = createLogger(level, secrets, (line) => {
      if (isShared) screen.above(line);
      else this.#sink.write(isDumb && process.stderr.isTTY ? `${readableLine(line)}\n` : line);
    });
    logWarnings(this.logger);
  }

  /** Shows these cameras and brokers, and logs changes of the brokers' states; the table starts with the first call. */
  show(atWork: RunningParts): void {
    this.#atWork = atWork;
    this.#followBrokers(atWork.brokers);
    if (this.#screen === undefined) return;
    this.#followCameras(atWork.cameras);
    this.#screen.start(() => this.#view(), this.options.refresh ?? STATS.every);
  }

  /** Leaves the last state on the screen. */
  end(): void {
    for (const { subscription } of this.#followed.values()) subscription.unsubscribe();
    for (const subscription of this.#brokers.values()) subscription.unsubscribe();
    this.#watching.unsubscribe();
    this.#screen?.end();
  }

  /**
   * Prints the counts.
   * @returns the error if the result could not be written; a reader of text may stop early without an error
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
    const error = await writeWithin(process.stdout, text, DELIVERED_WITHIN_MS);
    return !json && READER_GONE_CODES.has(error?.code) ? undefined : error;
  }

  #followCameras(cameras: readonly Camera[]): void {
    forget(this.#followed, cameras, ({ subscription }) => { subscription.unsubscribe(); });
    for (const camera of cameras) {
      if (this.#followed.has(camera)) continue;
      const subscription = new Subscription();
      const held: Followed = { rate: camera.stats.rate, reason: undefined, pictures: undefined, subscription };
      this.#followed.set(camera, held);
      // The statistics have only the code of the last error.
      subscription.add(hubOf(camera)?.ledger.stateEvents$.subscribe((event) => {
        // The camera's key is in the same line: the address would leave less room for the reason.
        if (event.type === 'failed') held.reason = errorLine(event.error).replace(/^'[a-z]+:[^']*' (?:cannot be read: )?/, '');
        if (event.type === 'recovered') held.reason = undefined;
        if (event.type === 'opened') held.pictures = picturesOf(event.source);
      }));
      subscription.add(this.#statsOf(camera).subscribe(({ rate }) => { held.rate = rate; }));
    }
  }

  /** A camera's statistics. Its own ones are free; another window needs all of its events. */
  #statsOf(camera: Camera): Observable<CameraStats> {
    const { refresh = STATS.every } = this.options;
    return refresh === STATS.every ? camera.stats$ : camera.events$.pipe(stats({ every: refresh }));
  }

  #followBrokers(brokers: readonly Broker[]): void {
    forget(this.#brokers, brokers, (subscription) => { subscription.unsubscribe(); });
    for (const broker of brokers) if (!this.#brokers.has(broker)) this.#brokers.set(broker, logBroker(broker, this.logger));
  }

  /** The current counts, with the rates of the last window. */
  #view(): View {
    const { cameras, brokers, notes } = this.#atWork;
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

/** Number of pictures of a file; undefined for a source without an end. */
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

function forget<K, V>(map: Map<K, V>, keep: readonly K[], gone: (value: V) => void): void {
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
