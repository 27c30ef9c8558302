/** A camera, a broker and their users in virtual time, to whom anything happens in any order; and what must hold meanwhile. */
import { type Observable, type OperatorFunction, type Subscription, asyncScheduler, concatMap, filter, map, mergeMap, of, retry as rxRetry, timer } from 'rxjs';
import { deliver } from '../../../operators/deliver.js';
import { encodeH265 } from '../../../operators/encode-h265.js';
import { publish } from '../../../operators/publish.js';
import { retry } from '../../../operators/retry.js';
import { skipRate } from '../../../operators/skip-rate.js';
import { toMessage } from '../../../operators/to-message.js';
import { type FakeCamera, fakeCamera } from '../../../marbles/kit/index.js';
import { BrokerHandle } from '../../../src/broker/index.js';
import { hubOf } from '../../../src/camera/camera.js';
import type { Engine } from '../../../src/core/engine/engine.js';
import { isRxcamError } from '../../../src/core/errors/errors.js';
import type { CameraEvent } from '../../../src/core/events.js';
import type { EncodedFrame, Frame, Published } from '../../../src/core/frame/frame.js';
import { EMPTY_LEDGER, type Ledger, fold, inFlight } from '../../../src/ledger/ledger.js';
import type { CameraHub } from '../../../src/camera/hub.js';
import type { Run } from '../../../src/camera/run/run.js';
import { type Mood, MoodyDriver, targetOf } from './chaos-broker.js';

/** Actions of the source, each time it is opened: letters of `fakeCamera`, each some ms after the one before. */
export type Script = readonly { readonly after: number; readonly letter: string }[];

export interface Setup {
  readonly live: boolean;
  readonly killMs: number;
  readonly encodeMs: number;
  readonly unitBytes: number;
  /** One for each time the source is opened; then `HEALTHY` without end. */
  readonly scripts: readonly Script[];
  readonly skip: 'none' | 'nth' | 'fps';
  readonly encode: 'frame' | 'stream' | 'gop' | 'chunk';
  /** The place of `retry`; `rxjs`: RxJS's own, every 50 ms. */
  readonly retry: 'early' | 'late' | 'both' | 'rxjs';
  /** The user's own code before the encoder. */
  readonly before: 'none' | 'map' | 'filter' | 'slow';
  /** … and after it. */
  readonly after: 'none' | 'filter' | 'slow' | 'twice' | 'bug';
  readonly sink: 'publish' | 'deliver' | 'both';
  readonly outbox: { readonly maxBytes: number; readonly maxMessages: number };
  readonly outboxMaxBytes: number;
  readonly maxInFlight: number;
  readonly lingerMs: number;
  /** Both users publish with one key: the second must be refused while the first is live. */
  readonly sameKey: boolean;
}

export type Deed =
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly user: 0 | 1 }
  | { readonly do: 'mood'; readonly mood: Mood }
  | { readonly do: 'retryNow' | 'reset' }
  | { readonly do: 'close'; readonly deadlineMs: number };

export interface Schedule {
  readonly setup: Setup;
  readonly deeds: readonly { readonly after: number; readonly deed: Deed }[];
}

/** Pictures for two seconds, and then the source ends. */
const HEALTHY = `10ms o ${'80ms f '.repeat(25)} 80ms |`;
const WAITS = { initialMs: 200, maxMs: 1_500, stableAfterMs: 3_000 };
const LIVENESS = { connectTimeoutMs: 2_000, firstFrameTimeoutMs: 3_000, readWindowMs: 300, maxReadFailures: 4 };
const REQUEST_TIMEOUT_MS = 1_000;
/** Long enough, all together, for the longest waits of camera and broker to end. */
const PEACE_ROUND_MS = 2_500;
const PEACE_ROUNDS = 12;
const TRAIL = 25;
/** Frames of one message, at most. */
const MOST_FRAMES = 4;

export class World {
  readonly driver = new MoodyDriver();
  readonly broker: BrokerHandle;
  readonly gate: FakeCamera;
  readonly problems: string[] = [];
  readonly #trail: (() => string)[] = [];
  ledger: Ledger = EMPTY_LEDGER;
  closed = false;
  readonly #users: User[];
  readonly #fates = new Map<string, string>();
  readonly #publishedOrders = new Set<number>();

  constructor(readonly setup: Setup) {
    this.broker = new BrokerHandle(this.driver, { lingerMs: setup.lingerMs, outboxMaxBytes: setup.outboxMaxBytes, requestTimeoutMs: REQUEST_TIMEOUT_MS });
    this.gate = makeCamera(setup, (run) => { this.fail(`run ${run.id} started a process while one lived`); });
    this.gate.events$.subscribe((event) => { this.#check(event); });
    this.#users = [0, 1].map((index) => new User(this, index));
  }

  act(deed: Deed): void {
    const now = asyncScheduler.now();
    this.#note(() => `  ${now} ms: DEED ${JSON.stringify(deed)}`);
    switch (deed.do) {
      case 'subscribe': this.#users[deed.user]?.subscribe(); break;
      case 'unsubscribe': this.#users[deed.user]?.unsubscribe(); break;
      case 'mood': this.driver.mood = deed.mood; break;
      case 'retryNow': this.gate.retryNow(); break;
      case 'reset': this.gate.resetStats(); break;
      case 'close': this.#close(deed.deadlineMs); break;
    }
    this.#checkNow();
  }

  /** No more faults: all subscriptions must make progress. */
  peace(): void {
    this.driver.mood = 'up';
    const before = this.#users.map((user) => user.seen);
    const hasGotOn = (_: User, index: number) => (this.#users[index]?.seen ?? 0) > (before[index] ?? 0);
    // With one key for both, the second user is always refused.
    // If the handle can't hold a message of each, one may take turns with itself: losses of the other are counted.
    const isOneEnough = this.setup.sameKey || this.setup.outboxMaxBytes < 2 * MOST_FRAMES * this.setup.unitBytes;
    const waiting = () => (this.closed || (isOneEnough && this.#users.some(hasGotOn)) ? []
      : this.#users.filter((user, index) => user.isLive && !hasGotOn(user, index)));
    const check = (round: number) => {
      const [first] = waiting();
      if (first === undefined) this.#end();
      else if (round < PEACE_ROUNDS) asyncScheduler.schedule(() => { check(round + 1); }, PEACE_ROUND_MS);
      else {
        this.fail(`user ${first.index} got nothing in peace`);
        this.#end();
      }
    };
    asyncScheduler.schedule(() => { check(1); }, PEACE_ROUND_MS);
  }

  /** All users leave. */
  #end(): void {
    for (const user of this.#users) user.unsubscribe();
    this.#close(20_000);
  }

  /** Nothing is left to happen. */
  checkEnd(): void {
    this.#checkNow();
    if (inFlight(this.ledger) !== 0) this.fail('frames are in flight at the end');
    if (this.gate.stats.inFlight !== 0) this.fail('the camera has frames in flight at the end');
    if (this.gate.processes.running !== 0) this.fail('a process is left');
    if (this.broker.state.outbox.messages !== 0 || this.broker.state.outbox.bytes !== 0) this.fail('the outbox is not empty');
    if (!this.driver.isClosed) this.fail('the connection is left open');
    this.#checkLog();
    for (const order of this.#publishedOrders) {
      if (!this.driver.log.some(({ message }) => message.inputOrder === order)) this.fail(`${order} counts as published and was never written`);
    }
    for (const user of this.#users) user.checkEnd();
  }

  fail(problem: string): void {
    if (this.problems.length === 0) this.problems.push(`${asyncScheduler.now()} ms: ${problem}\n${this.#trail.map((line) => line()).join('\n')}`);
  }

  #close(deadlineMs: number): void {
    this.closed = true;
    void this.broker.close({ deadlineMs });
  }

  #check(event: CameraEvent): void {
    this.#note(() => lineOf(event));
    this.ledger = fold(this.ledger, event);
    this.#checkNow();
    if (event.type === 'published') this.#publishedOrders.add(event.inputOrder);
    if ('frames' in event) this.#checkFate(event);
    if (!this.setup.live && event.type === 'dropped' && (event.cause === 'outbox' || event.cause === 'stdin')) this.fail('a frame of a source that can wait was dropped');
  }

  #checkNow(): void {
    const { counts, dropped, places } = this.ledger;
    const sum = counts.published + counts.delivered + counts.skipped + total(dropped) + total(places);
    if (sum !== counts.captured || least(counts) < 0 || least(dropped) < 0 || least(places) < 0) {
      this.fail(`the ledger does not balance, ${sum} accounted for: ${JSON.stringify({ ...counts, ...dropped, ...places })}`);
    }
  }

  /** Printed only if something fails. */
  #note(line: () => string): void {
    this.#trail.push(line);
    if (this.#trail.length > TRAIL) this.#trail.shift();
  }

  /** A frame's end is reported once, unless it is undone. */
  #checkFate(event: Extract<CameraEvent, { frames: number }>): void {
    const id = `${event.run}/${event.seq}`;
    const fate = this.#fates.get(id);
    if (event.type === 'returned') this.#fates.delete(id);
    if (!['published', 'delivered', 'skipped', 'dropped'].includes(event.type)) return;
    if (fate !== undefined) this.fail(`frame ${id} was ${fate}, and then ${event.type}`);
    this.#fates.set(id, event.type);
  }

  /**
   * Two users who make a publication of each message, with one key, never publish at the same time, so neither is refused: they
   * take turns, and what one has numbered may lie in its own queue while the other continues. Nothing orders these queues.
   */
  get #hasTurns(): boolean {
    return this.setup.sameKey && this.setup.sink === 'both';
  }

  #checkLog(): void {
    if (this.driver.overlaps.length > 0) this.fail(`two requests under way for ${this.driver.overlaps[0]}`);
    const last = new Map<string, number>();
    const ids = new Map<string, string>();
    for (const outgoing of this.driver.log) {
      const { message } = outgoing;
      const target = targetOf(outgoing);
      const id = outgoing.headers['ce_id'] ?? '';
      const place = `${target}#${message.inputOrder}`;
      const known = ids.get(place);
      if (known !== undefined) {
        if (known !== id) this.fail(`${place} was written as ${known} and as ${id}`);
        continue;
      }
      ids.set(place, id);
      if (!this.#hasTurns && message.inputOrder < (last.get(target) ?? 0)) this.fail(`${target}: ${message.inputOrder} came after ${last.get(target)}`);
      last.set(target, message.inputOrder);
    }
  }
}

/** A user who sometimes subscribes to the camera. */
class User {
  /** Values so far. */
  seen = 0;
  readonly #values$: Observable<unknown>;
  /** The last message of each run that was acknowledged. */
  readonly #acks = new Map<number, number>();
  #subscription: Subscription | undefined;

  constructor(readonly world: World, readonly index: number) {
    this.#values$ = pipeline(world, world.setup.sameKey ? 'k' : `k${index}`);
  }

  get isLive(): boolean {
    return this.#subscription?.closed === false;
  }

  subscribe(): void {
    if (this.isLive) return;
    this.#subscription = this.#values$.subscribe({
      next: (value) => { this.#next(value); },
      error: (error: unknown) => { this.#failed(error); },
    });
  }

  unsubscribe(): void {
    this.#subscription?.unsubscribe();
  }

  checkEnd(): void {
    if (this.isLive) this.world.fail(`user ${this.index} is still subscribed`);
  }

  #next(value: unknown): void {
    this.seen++;
    const ack = value as Partial<Published>;
    if (ack.inputOrder === undefined || ack.topic === undefined) return;
    const run = this.world.driver.runs.get(ack.inputOrder) ?? 0;
    const last = this.#acks.get(run) ?? 0;
    if (ack.inputOrder <= last) this.world.fail(`user ${this.index} got ${ack.inputOrder} after ${last}`);
    this.#acks.set(run, ack.inputOrder);
  }

  /** All that may end a subscription which retries: a wrong option, and a bug of the user's own. */
  #failed(error: unknown): void {
    const isExpected = isRxcamError(error) ? error.code === 'INVALID_OPTION' && (this.world.closed || this.world.setup.sameKey) : error instanceof UserBug;
    if (!isExpected) this.world.fail(`user ${this.index} got ${String(error)}`);
  }
}

class UserBug extends Error {}

function makeCamera({ live, scripts, encodeMs, unitBytes, killMs }: Setup, onSecond: (run: Run) => void): FakeCamera {
  const gate = fakeCamera((opening) => diagramOf(scripts[opening - 1]), {
    live, encodeMs, unitBytes, killMs, size: { width: 16, height: 16 }, pixelFormat: 'gray', minStartIntervalMs: 500, ...LIVENESS,
  });
  watchProcesses(hubOf(gate)!, onSecond);
  return gate;
}

/** Sees to it that a run starts no process on the source while one of an attempt before lives. */
function watchProcesses(hub: CameraHub, onSecond: (run: Run) => void): void {
  const { engine } = hub.facts;
  const watched = new Set<Run>();
  let isStarting = false;
  const watchedEngine: Engine = (plan, context) => (plan.origin.kind === 'frames' ? engine(plan, context) : engine(plan, {
    ...context,
    hold: () => {
      isStarting = true;
      const release = context.hold();
      isStarting = false;
      return release;
    },
  }));
  Object.assign(hub.facts, { engine: watchedEngine });
  const openRun = hub.openRun.bind(hub);
  hub.openRun = () => {
    const run = openRun();
    if (watched.has(run)) return run;
    watched.add(run);
    const hold = run.hold.bind(run);
    let held = 0;
    run.hold = () => {
      if (held > 0 && isStarting) onSecond(run);
      held++;
      const release = hold();
      return () => { held--; release(); };
    };
    return run;
  };
}

function diagramOf(script: Script | undefined): string {
  return script === undefined ? HEALTHY : script.map(({ after, letter }) => `${after}ms ${letter}`).join(' ');
}

function pipeline(world: World, key: string): Observable<unknown> {
  const { setup, gate, broker } = world;
  const early = setup.retry === 'early' || setup.retry === 'both';
  const late = setup.retry === 'late' || setup.retry === 'both';
  const frames$ = early ? gate.pipe(retry(WAITS)) : gate;
  const skipped$ = setup.skip === 'none' ? frames$ : frames$.pipe(skipRate(setup.skip === 'nth' ? 3 : { fps: 5 }));
  const encoded$ = before(setup, skipped$).pipe(encodeH265(encoding(setup)), userCode(setup));
  const published = (topic: string) => publish(broker, { topic, key, maxInFlight: setup.maxInFlight, outbox: setup.outbox });
  const sunk$: Observable<unknown> = setup.sink === 'deliver'
    ? encoded$.pipe(deliver(() => timer(40), { outbox: setup.outbox }))
    : setup.sink === 'publish' ? encoded$.pipe(toMessage(), published('t'))
      : encoded$.pipe(toMessage(), deliver((message) => of(message).pipe(published('t')), { outbox: setup.outbox }));
  const retried$ = late ? sunk$.pipe(retry(WAITS)) : sunk$;
  return setup.retry === 'rxjs' ? retried$.pipe(rxRetry({ delay: 50 })) : retried$;
}

function before({ before: what }: Setup, frames$: Observable<Frame>): Observable<Frame> {
  switch (what) {
    case 'none': return frames$;
    case 'map': return frames$.pipe(map((frame) => ({ ...frame })));
    case 'filter': return frames$.pipe(filter(({ seq }) => seq % 3 !== 0));
    case 'slow': return frames$.pipe(concatMap((frame) => timer(30).pipe(map(() => frame))));
  }
}

function userCode({ after }: Setup): OperatorFunction<EncodedFrame, EncodedFrame> {
  switch (after) {
    case 'none': return (source) => source;
    // A user who drops keyframes gets nothing in stream mode, as expected.
    case 'filter': return filter(({ seq, keyframe }) => keyframe || seq % 2 === 0);
    case 'slow': return mergeMap((frame) => timer(frame.seq % 2 === 0 ? 60 : 5).pipe(map(() => frame)), 1);
    case 'twice': return mergeMap((frame) => of(frame, frame));
    case 'bug': return map((frame) => {
      if (frame.seq % 20 === 0) throw new UserBug('a bug');
      return frame;
    });
  }
}

function encoding({ encode }: Setup): Parameters<typeof encodeH265>[0] {
  switch (encode) {
    case 'frame': return { mode: 'frame' };
    case 'stream': return { mode: 'stream', gop: 4 };
    case 'gop': return { mode: 'stream', gop: 4, chunk: 'gop' };
    case 'chunk': return { mode: 'stream', gop: 3, chunk: { frames: 3 } };
  }
}

function lineOf({ camera: _, at, run, type, ...facts }: CameraEvent): string {
  return `  ${at} ms: run ${run} ${type} ${JSON.stringify(facts, (_name, value: unknown) => (value instanceof Error ? String(value) : value))}`;
}

function least<K extends string>(counts: Readonly<Record<K, number>>): number {
  let min = 0;
  for (const name in counts) min = Math.min(min, counts[name]);
  return min;
}

function total(counts: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const name in counts) sum += counts[name] ?? 0;
  return sum;
}
