/** Shared by the tests of broker faults: a camera that publishes to a real broker, watched, and the messages found in the broker. */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { pino } from 'pino';
import { type Observable, type Subscription, filter, firstValueFrom, interval, map, merge, startWith, switchMap, throwError, timer } from 'rxjs';
import { expect } from 'vitest';
import {
  type Broker, type BrokerState, type Camera, type CameraConfig, type CameraEvent, type CloseReport, type EncodedFrame,
  type PublishConfig, type Published, type RxcamError, camera, encodeH265, publish, retry, toMessage,
} from '../../src/index.js';
import type { Found } from '../real/consumer/read-back.js';
import { countFrames, ledgerBalances, threeQuestions } from '../services/index.js';
import { QUICK, QUICK_RETRY } from './kit.js';

/** Small: encoding it costs next to nothing. */
export const SMALL = 'test:?size=160x90&fps=25';

const PATIENCE_MS = 50_000;
const POLL_MS = 50;

export interface PublishingOptions {
  readonly source?: string;
  readonly camera?: CameraConfig;
  readonly publish?: Omit<PublishConfig, 'topic'>;
  /** Between the camera and its messages; default: frame mode. */
  readonly steps?: (gate: Camera) => Observable<EncodedFrame>;
  /** Secrets, which must not be visible anywhere. */
  readonly secrets?: readonly string[];
}

export interface Expected {
  /** Messages that the broker had acknowledged and that it lost afterwards, with its topic. */
  readonly lost?: (inputOrder: number) => boolean;
  /** Reconnects of the camera. Default: none. */
  readonly reconnects?: number;
}

/** One camera that publishes to one topic. */
export class Publishing {
  readonly gate: Camera;
  readonly events: CameraEvent[] = [];
  readonly acks: Published[] = [];
  readonly lines: string[] = [];
  /** States that the broker reported. */
  readonly states: BrokerState[] = [];
  readonly errors: RxcamError[] = [];
  readonly thrown: unknown[] = [];
  completed = false;
  /** The most that the outbox ever held. */
  readonly most = { messages: 0, bytes: 0 };
  readonly #secrets: readonly string[];
  readonly #subscription: Subscription;
  #unbalanced: unknown;

  constructor(readonly broker: Broker, readonly topic: string, options: PublishingOptions = {}) {
    const { source = SMALL, secrets = [], steps = (gate) => gate.pipe(encodeH265()) } = options;
    const logger = pino({ level: 'trace' }, { write: (line: string) => { this.lines.push(line); } });
    this.#secrets = secrets;
    this.gate = camera(source, { key: 'gate', logger, ...QUICK, ...options.camera });
    this.gate.events$.subscribe((event) => { this.#record(event); });
    broker.state$.subscribe((state) => this.states.push(state));
    broker.errors$.subscribe((error) => this.errors.push(error));
    this.#subscription = steps(this.gate).pipe(toMessage(), publish(broker, { topic, ...options.publish }), retry(QUICK_RETRY)).subscribe({
      next: (ack) => this.acks.push(ack),
      error: (error: unknown) => { this.thrown.push(error); },
      complete: () => { this.completed = true; },
    });
  }

  get captured(): number { return this.gate.stats.captured; }
  /** Pictures dropped for any other reason than that the camera was stopped. */
  get lost(): number { return this.gate.stats.droppedTotal - this.gate.stats.dropped.stopped; }

  of<T extends CameraEvent['type']>(type: T): readonly Extract<CameraEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<CameraEvent, { type: T }> => event.type === type);
  }

  /** Resolves as soon as it is so: asked at each event of the camera, and often enough while it has none. */
  async when(what: string, isSo: () => boolean): Promise<void> {
    const late$ = timer(PATIENCE_MS).pipe(switchMap(() => throwError(() => new Error(`not within ${PATIENCE_MS} ms: ${what}\n${this.story()}`))));
    const asked$ = merge(this.gate.events$, this.broker.state$, interval(POLL_MS)).pipe(startWith(undefined), map(isSo), filter(Boolean));
    await firstValueFrom(merge(asked$, late$));
  }

  /** Resolves when the camera has given so many more pictures. */
  async captures(more: number): Promise<void> {
    const goal = this.captured + more;
    await this.when(`${more} more pictures`, () => this.captured >= goal);
  }

  /** Resolves when the broker has acknowledged so many more messages. */
  async acknowledges(more: number): Promise<void> {
    const goal = this.acks.length + more;
    await this.when(`${more} more acknowledgements`, () => this.acks.length >= goal);
  }

  /** Resolves when the broker is unavailable. */
  async notices(): Promise<RxcamError> {
    await this.when('the broker is unavailable', () => this.broker.state.status === 'unavailable');
    return this.broker.state.error as RxcamError;
  }

  /** Resolves when what has waited is sent. */
  async drains(): Promise<void> {
    await this.when('the outbox is drained', () => this.broker.state.status === 'connected' && this.broker.state.outbox.messages <= 2);
  }

  /** Ends the camera, and sends the rest. */
  async stop(): Promise<CloseReport> {
    this.#subscription.unsubscribe();
    return this.broker.close({ deadlineMs: 20_000 });
  }

  /** The messages read from the broker, without repeated ones, are those that the ledger counts as sent; then the three questions. */
  async settle(found: readonly Found[], { lost = () => false, reconnects = 0 }: Expected = {}): Promise<readonly Found[]> {
    const once = firsts(found);
    this.#tellOutcome(found.length - once.length);
    if (this.#unbalanced !== undefined) throw this.#unbalanced as Error;
    expect(this.thrown).toEqual([]);
    // The subscriber hears no more after it has unsubscribed, the ledger does.
    const sent = this.of('published').map(({ inputOrder }) => inputOrder);
    expect(this.acks.map(({ inputOrder }) => inputOrder)).toEqual(sent.slice(0, this.acks.length));
    expect(this.gate.stats).toMatchObject({ reconnects, inFlight: 0, published: sent.length });
    isInOrder(once);
    isExplained(once, this.#droppedSeqs(), lost);
    const orders = new Set(once.map(orderOf));
    expect(sent.filter((order) => !orders.has(order) && !lost(order)), 'acknowledged, and not found').toEqual([]);
    expect(await countFrames(Buffer.concat(once.map(({ value }) => value))), 'pictures that decode').toBe(once.length);
    await threeQuestions({
      stats: this.gate.stats, secrets: this.#secrets, logs: this.lines,
      events: [...this.events.filter(({ type }) => type !== 'captured'), ...this.states, ...found.map(({ headers }) => headers), this.broker.address],
      errors: [...this.errors, ...this.errors.map(({ stack }) => stack)],
    });
    return once;
  }

  /** A summary, for the message of a test that fails. */
  story(): string {
    const { stats } = this.gate;
    const state = { status: this.broker.state.status, outbox: this.broker.state.outbox, dropped: stats.dropped, state: stats.state };
    const errors = this.errors.map(({ code, message }) => `  ${code}: ${message}`);
    return [`captured ${stats.captured}, published ${stats.published}, ${JSON.stringify(state)}`, ...errors.slice(-12)].join('\n');
  }

  #droppedSeqs(): Set<number> {
    return new Set(this.of('dropped').flatMap(({ seq, frames }) => Array.from({ length: frames }, (_, index) => seq + index)));
  }

  #record(event: CameraEvent): void {
    this.events.push(event);
    const { messages, bytes } = this.broker.state.outbox;
    this.most.messages = Math.max(this.most.messages, messages);
    this.most.bytes = Math.max(this.most.bytes, bytes);
    try {
      ledgerBalances(this.gate.stats);
    } catch (error) {
      this.#unbalanced ??= new Error(`after ${event.type}: ${String(error)}`);
    }
  }

  /** A line for the table of outcomes, where one is asked for. */
  #tellOutcome(repeated: number): void {
    const to = process.env['RXCAM_FAULT_OUTCOMES'];
    if (to === undefined) return;
    const { captured, published, droppedTotal, dropped, downtimeMs } = this.gate.stats;
    const ms = (this.events.at(-1)?.at ?? 0) - (this.events[0]?.at ?? 0);
    const causes = Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
    const codes = [...this.of('failed').map(({ error }) => error.code), ...new Set(this.errors.map(({ code }) => code))];
    const { testPath, currentTestName } = expect.getState();
    const outcome = { codes, captured, published, dropped: droppedTotal, causes, repeated, recovered: this.of('recovered').length, downtimeMs, ms };
    appendFileSync(to, `${JSON.stringify({ file: testPath, test: currentTestName, ...outcome })}\n`);
  }
}

export const orderOf = ({ headers }: Found): number => Number(headers['ce_inputorder']);
export const previousOf = ({ headers }: Found): number => Number(headers['ce_previousorder']);

/** Messages as a consumer takes them that knows a repeated one by its id; a repeated one has the same bytes. */
function firsts(found: readonly Found[]): Found[] {
  const known = new Map<string, Found>();
  for (const one of found) {
    const id = one.headers['ce_id'] as string;
    expect(createHash('sha256').update(one.value).digest('hex'), `bytes of ${id}`).toBe(one.headers['ce_sha256']);
    const first = known.get(id);
    if (first === undefined) known.set(id, one);
    else expect(one.headers['ce_sha256'], `${id} repeated`).toBe(first.headers['ce_sha256']);
  }
  return [...known.values()];
}

function isInOrder(once: readonly Found[]): void {
  const orders = once.map(orderOf);
  expect(orders.filter((order, index) => order <= (orders[index - 1] ?? 0)), 'out of order').toEqual([]);
}

/**
 * Each gap is named: `ce_previousorder` is never later than the last message seen, and what is missing was counted as
 * dropped. After a gap stream mode starts at a keyframe.
 */
function isExplained(once: readonly Found[], dropped: ReadonlySet<number>, lost: (order: number) => boolean): void {
  let last = 0;
  let lastSeq = 0;
  for (const one of once) {
    const order = orderOf(one);
    const previous = previousOf(one);
    if (previous > last) expect(lost(previous), `${order} names ${previous} as sent before it, and ${last} is the last one found`).toBe(true);
    if (order > last + 1 && one.headers['ce_mode'] === 'stream') expect(one.headers['ce_keyframe'], `after a gap, ${order}`).toBe('true');
    const seq = Number(one.headers['ce_seq']);
    for (let missing = lastSeq + 1; missing < seq; missing++) {
      if (!dropped.has(missing) && !lost(order - (seq - missing))) throw new Error(`picture ${missing} is neither found nor counted as dropped`);
    }
    last = order;
    lastSeq = seq;
  }
}

/** Records what would end a user's process. */
export function watchProcess(): { readonly seen: unknown[]; stop(): void } {
  const seen: unknown[] = [];
  const note = (reason: unknown) => { seen.push(reason); };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  return { seen, stop: () => { process.off('unhandledRejection', note); process.off('uncaughtException', note); } };
}
