/** Shared by the tests of faults: a camera that publishes to the embedded broker and is watched from its start to its end. */
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { expect } from 'vitest';
import { type Observable, Subject, type Subscription, delay, filter, firstValueFrom, map, merge, startWith, switchMap, throwError, timer } from 'rxjs';
import {
  type Camera, type CameraConfig, type CameraEvent, type EncodedFrame, type MemoryBroker, type Published, type RetryConfig,
  type RxcamError, camera, encodeH265, isRxcamError, memory, publish, retry, toMessage,
} from '../../src/index.js';
import type { Driver } from '../../src/broker/driver.js';
import { hubOf } from '../../src/camera/camera.js';
import { ffmpegChildren, ledgerBalances, processArguments, secretsKept, threeQuestions } from '../services/index.js';

/** Scaled down from seconds, so that a test of three waits takes one second and a half. */
export const QUICK_RETRY = { initialMs: 200, maxMs: 800 } as const satisfies RetryConfig;
/** The time limits of a camera: on a busy machine, pictures may be seconds late. */
export const QUICK: CameraConfig = { connectTimeoutMs: 10_000, firstFrameTimeoutMs: 10_000, readWindowMs: 1_000, maxReadFailures: 10 };
/** For sources that fall silent: a second and a half without a picture is a stall. */
export const QUICK_STALL = { readWindowMs: 300, maxReadFailures: 5 } as const satisfies CameraConfig;

const TOPIC = 'video';
const SAMPLE_MS = 100;
const POLL_MS = 20;
/** Less than the time limit of a test, so that a failure states what it waited for. */
const PATIENCE_MS = 50_000;

export interface WatchOptions extends CameraConfig {
  /** The waits; `false` leaves the first failure to the subscriber. */
  readonly retry?: RetryConfig | false | undefined;
  /** Secrets, which must not be visible anywhere: neither in texts nor in the arguments and environment of a process. */
  readonly secrets?: readonly string[];
  /** Whether other cameras run meanwhile: processes are the test's to count. */
  readonly amongOthers?: boolean;
  /** Time that the broker takes for each message, one after the other, with an outbox of ten; ms. Default: none. */
  readonly brokerMs?: number;
  /** How often processes are looked at; ms. Default 100. */
  readonly sampleMs?: number;
  /** Between the camera and its messages; default: frame mode. */
  readonly steps?: (gate: Camera) => Observable<EncodedFrame>;
  /** The least time between two starts, where the camera's own second is too long for a test; ms. */
  readonly minStartIntervalMs?: number;
}

type EventOf<T extends CameraEvent['type']> = Extract<CameraEvent, { type: T }>;

/** Subscribes a camera; what it does is recorded, and its ledger is checked after every event. */
export function watch(source: string, options: WatchOptions = {}): Watched {
  return new Watched(source, options);
}

export class Watched {
  readonly gate: Camera;
  readonly broker: MemoryBroker = memory({ maxMessages: 100_000 });
  readonly events: CameraEvent[] = [];
  /** The lines of a pino logger. */
  readonly lines: string[] = [];
  readonly acks: Published[] = [];
  /** Errors that came to the subscriber. */
  readonly thrown: unknown[] = [];
  readonly #threw = new Subject<unknown>();
  completed = false;
  /** The most ffmpeg processes that were seen at once. */
  mostProcesses = 0;
  readonly #secrets: readonly string[];
  readonly #subscription: Subscription;
  readonly #sampling: NodeJS.Timeout;
  #unbalanced: unknown;

  constructor(source: string, { retry: waits = QUICK_RETRY, secrets = [], steps, minStartIntervalMs, brokerMs, amongOthers = false, sampleMs = SAMPLE_MS, ...config }: WatchOptions) {
    const logger = pino({ level: 'trace' }, { write: (line: string) => { this.lines.push(line); } });
    this.#secrets = secrets;
    this.gate = camera(source, { key: 'gate', logger, logEveryFrames: 1, ...QUICK, ...config });
    if (minStartIntervalMs !== undefined) hasten(this.gate, minStartIntervalMs);
    this.gate.events$.subscribe((event) => { this.#record(event); });
    this.#sampling = setInterval(() => { if (!amongOthers) this.sample(); }, sampleMs);
    const units$ = steps?.(this.gate) ?? this.gate.pipe(encodeH265());
    if (brokerMs !== undefined) slowDown(this.broker, brokerMs);
    const limits = brokerMs === undefined ? {} : { maxInFlight: 1, outbox: { maxMessages: 10 } };
    const published$ = units$.pipe(toMessage(), publish(this.broker, { topic: TOPIC, ...limits }));
    this.#subscription = (waits === false ? published$ : published$.pipe(retry(waits))).subscribe({
      next: (ack) => this.acks.push(ack),
      error: (error: unknown) => {
        this.thrown.push(error);
        this.#threw.next(error);
      },
      complete: () => { this.completed = true; },
    });
  }

  get messages() {
    return this.broker.read(TOPIC);
  }

  /** Failures so far. */
  get failures(): readonly RxcamError[] {
    return this.of('failed').map((event) => event.error);
  }

  get codes(): readonly string[] {
    return this.failures.map((error) => error.code);
  }

  of<T extends CameraEvent['type']>(type: T): readonly EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Resolves with the nth event of a type, past ones counted; fails when none comes for long, with what came instead. */
  async nth<T extends CameraEvent['type']>(type: T, n = 1): Promise<EventOf<T>> {
    await this.when(`${n} × ${type}`, () => this.of(type).length >= n);
    return this.of(type)[n - 1] as EventOf<T>;
  }

  /** Resolves with the next event of a type that comes from now on. */
  async next<T extends CameraEvent['type']>(type: T, n = 1): Promise<EventOf<T>> {
    return this.nth(type, this.of(type).length + n);
  }

  /** Resolves when the current attempt has captured so many pictures; an attempt that has failed is not one. */
  async captures(n = 1): Promise<void> {
    await this.when(`${n} pictures of an attempt`, () => this.#capturedInAttempt() >= n);
  }

  /** Resolves as soon as it is so; asked after each event. */
  async when(what: string, isSo: () => boolean): Promise<void> {
    const late$ = timer(PATIENCE_MS).pipe(switchMap(() => throwError(() => new Error(`not within ${PATIENCE_MS} ms: ${what}\n${this.story()}`))));
    const threw$ = this.#threw.pipe(delay(0), switchMap((error) => throwError(() => new Error(`${what}, but: ${inspect(error)}\n${this.story()}`))));
    await firstValueFrom(merge(this.gate.events$.pipe(map(isSo), startWith(isSo()), filter(Boolean)), late$, threw$));
  }

  /** Resolves when the subscription has ended by itself. */
  async whenOver(): Promise<void> {
    await eventually('the end of the subscription', () => this.completed || this.thrown.length > 0);
  }

  /** The pid of the camera's ffmpeg; the only one. */
  get pid(): number {
    const [pid, ...more] = captures();
    if (pid === undefined || more.length > 0) throw new Error(`${more.length + (pid === undefined ? 0 : 1)} processes where one was expected`);
    return pid;
  }

  /** Looks at the processes that run now. */
  sample(): void {
    const pids = captures();
    this.mostProcesses = Math.max(this.mostProcesses, pids.length);
    if (this.#secrets.length === 0) return;
    for (const pid of pids) this.processTexts.push(processArguments(pid).join(' '), environmentOf(pid));
  }

  readonly processTexts: string[] = [];

  unsubscribe(): void {
    this.#subscription.unsubscribe();
  }

  /** Ends it, and asks the three questions. */
  async end(): Promise<void> {
    this.unsubscribe();
    clearInterval(this.#sampling);
    await this.broker.close();
    this.#tellOutcome();
    if (this.#unbalanced !== undefined) throw this.#unbalanced as Error;
    if (this.mostProcesses > 1) throw new Error(`${this.mostProcesses} processes at once`);
    this.#numbersGoOn();
    const headers = this.messages.map((message) => message.headers);
    await threeQuestions({
      stats: this.gate.stats, secrets: this.#secrets,
      events: [...this.events.filter((event) => event.type !== 'captured'), ...headers], logs: [...this.lines, ...this.processTexts],
      errors: [...this.thrown, ...this.failures, ...this.failures.map((error) => error.stack)],
    });
    secretsKept(this.#secrets, [this.gate.key, this.gate.stats]);
  }

  /** A summary, for the message of a test that fails: pictures counted, other events listed. */
  story(): string {
    const start = this.events[0]?.at ?? 0;
    const lines: string[] = [];
    let pictures = 0;
    const flush = () => { if (pictures > 0) lines.push(`  … ${pictures} events of frames`); pictures = 0; };
    for (const event of this.events) {
      if ('frames' in event) { pictures++; continue; }
      flush();
      const { type, at } = event;
      const error = 'error' in event && isRxcamError(event.error) ? `${event.error.code}: ${event.error.message}` : undefined;
      lines.push(`  ${at - start} ms ${type} ${'attempt' in event ? event.attempt : ''} ${error ?? ('reason' in event ? event.reason : '')}`);
    }
    flush();
    return lines.join('\n');
  }

  #record(event: CameraEvent): void {
    this.events.push(event);
    try {
      ledgerBalances(this.gate.stats);
    } catch (error) {
      this.#unbalanced ??= new Error(`after ${event.type}: ${String(error)}\n${this.story()}`);
    }
  }

  /** A line for the table of outcomes, where one is asked for. */
  #tellOutcome(): void {
    const to = process.env['RXCAM_FAULT_OUTCOMES'];
    if (to === undefined) return;
    const { captured, published, droppedTotal, downtimeMs } = this.gate.stats;
    const ms = (this.events.at(-1)?.at ?? 0) - (this.events[0]?.at ?? 0);
    const outcome = { codes: this.codes, captured, published, dropped: droppedTotal, recovered: this.of('recovered').length, downtimeMs, ms };
    const { testPath, currentTestName } = expect.getState();
    appendFileSync(to, `${JSON.stringify({ file: testPath, test: currentTestName, ...outcome })}\n`);
  }

  #capturedInAttempt(): number {
    const begin = this.events.findLastIndex(({ type }) => type === 'connecting' || type === 'failed');
    return this.events[begin]?.type === 'connecting' ? this.events.slice(begin).filter(({ type }) => type === 'captured').length : 0;
  }

  /** seq and inputOrder continue over all attempts. */
  #numbersGoOn(): void {
    const seqs = this.of('captured').map((event) => event.seq);
    if (!seqs.every((seq, index) => seq === index + 1)) throw new Error(`seq has gaps: ${seqs.join(' ')}`);
    const orders = this.messages.map((message) => Number(message.headers['ce_inputorder']));
    if (!orders.every((order, index) => order > (orders[index - 1] ?? 0))) throw new Error(`inputOrder does not rise: ${orders.join(' ')}`);
  }
}

/** The camera's floor between two starts is not an option: a test that needs twenty attempts lowers it while the camera runs. */
function hasten(gate: Camera, minStartIntervalMs: number): void {
  Object.assign(hubOf(gate)?.facts ?? {}, { minStartIntervalMs });
}

/** The embedded broker answers at once; this one takes its time for each request. */
function slowDown(broker: MemoryBroker, ms: number): void {
  const driver = (broker as unknown as { driver(): Driver }).driver();
  const send = driver.send.bind(driver);
  driver.send = (batch) => timer(ms).pipe(switchMap(() => send(batch)));
}

/** The pids of ffmpeg processes that read something; one that is asked for its version does not. */
export function captures(pid?: number): number[] {
  return ffmpegChildren(pid).filter((one) => processArguments(one).includes('-i'));
}

/** Resolves when it is so; for what no event reports. */
export async function eventually(what: string, isSo: () => boolean, withinMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(POLL_MS);
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
