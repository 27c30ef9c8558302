/** Watches one camera by its counts and state events, without its pictures. */
import { Subscription } from 'rxjs';
import type { CameraHub } from '../../../camera/index.js';
import { mono, wall } from '../../../core/clock.js';
import { DROP_CAUSES } from '../../../core/events.js';
import { DASHBOARD, FROZEN_AFTER_MS } from '../../../core/defaults/monitoring.js';
import type { CameraWire, CardWire, LedgerWire, Trouble } from '../page-data.js';
import { History } from './history.js';
import { type Point, Series } from './series.js';
import { cameraSettingsText } from './settings-text.js';

/** Counts at one time. */
interface Mark {
  readonly at: number; readonly captured: number; readonly kept: number; readonly out: number; readonly bytes: number;
  readonly latencySum: number; readonly latencyCount: number; readonly dropped: Readonly<Record<string, number>>;
}

/** Causes that need no attention: the camera was stopped or lost. */
const HARMLESS = new Set(['stopped', 'capture-lost']);
/** The initial condition by state: a camera that connects is not down before it has failed. */
const STATUS = { streaming: 'up', connecting: 'off', waiting: 'down', failed: 'down', idle: 'off', stopped: 'off' } as const;

export class CameraWatch {
  readonly #history: History;
  readonly #hour = new Series(DASHBOARD.stepMs, 3_600_000 / DASHBOARD.stepMs);
  readonly #day = new Series(DASHBOARD.dayStepMs, 86_400_000 / DASHBOARD.dayStepMs);
  readonly #perDayStep = DASHBOARD.dayStepMs / DASHBOARD.stepMs;
  readonly #work = new Subscription();
  /** Marks of the last few seconds, and of the last steps of the series; oldest first. */
  #marks: Mark[] = [];
  #steps: Mark[] = [];
  #stepCount = 0;

  constructor(readonly id: string, readonly hub: CameraHub) {
    this.#history = historyOf(hub);
    this.#marks = this.#steps = [this.#mark()];
    this.#work.add(hub.ledger.stateEvents$.subscribe((event) => {
      if (!('frames' in event)) this.#history.add(event);
      // Earlier counts no longer apply.
      if (event.type === 'reset') this.#marks = this.#steps = [this.#mark()];
    }));
  }

  stop(): void {
    this.#work.unsubscribe();
  }

  /** Reads the counts, for rates of the last seconds. */
  look(): void {
    const { state } = this.hub.ledger.tally;
    // A camera that connects after a failure is down; one that connects for the first time is not.
    if (state === 'streaming' && this.#history.status !== 'up') this.#history.become(Math.max(this.#history.since, this.#history.openedAt ?? wall()), 'up');
    this.#marks = [...this.#marks, this.#mark()].slice(-DASHBOARD.windowSeconds);
  }

  /** Ends a step of the series. */
  step(): void {
    const before = this.#steps.at(-1) as Mark;
    this.look();
    const now = this.#mark();
    this.#steps = [...this.#steps, now].slice(-1 - DASHBOARD.heldSteps);
    this.#hour.add(wall(), { ...ratesOf(before, now), outbox: this.hub.ledger.tally.places.outbox });
    this.#stepCount++;
    if (this.#stepCount % this.#perDayStep === 0) this.#day.add(wall(), this.#hour.mean(this.#perDayStep));
  }

  card(): CardWire {
    const { tally } = this.hub.ledger;
    const { fpsIn = 0, fpsOut = 0, latencyMs, bytesPerSecond = 0 } = ratesOf(this.#marks[0] as Mark, this.#mark());
    const dropping = this.#dropping();
    const wanted = this.hub.runPlan?.fps;
    const impaired = this.#impairment(wanted, dropping);
    const isDown = this.#history.status === 'down';
    return {
      id: this.id, state: tally.state, trouble: troubleOf(tally.state, isDown, impaired), since: this.#history.since,
      fpsIn, fpsOut, bytesPerSecond, dropping, droppedTotal: tally.droppedTotal, width: tally.width, height: tally.height,
      ...(impaired !== undefined && { impaired }), ...(impaired === 'frozen' && { stillMs: this.hub.stillMs }), ...(wanted !== undefined && { fpsWanted: wanted }), ...(latencyMs !== undefined && { latencyMs }),
      ...(tally.nextAttemptAt !== undefined && { nextAttemptAt: tally.nextAttemptAt }),
      ...(isDown && this.#history.failure !== undefined && { error: this.#history.failure }),
      ...(this.hub.lastFrameAt !== undefined && { lastFrameAt: this.hub.lastFrameAt }), ...(tally.codec !== undefined && { codec: tally.codec }),
    };
  }

  /** Reads all parts at the same time, so that they add up to the captured pictures. */
  ledger(): LedgerWire {
    const { counts, dropped, inFlight } = this.hub.ledger.tally;
    return { captured: counts.captured, parts: [
      { name: 'published', kind: 'published', pictures: counts.published },
      { name: 'delivered', kind: 'delivered', pictures: counts.delivered },
      { name: 'skipped: thinned', kind: 'skipped', pictures: counts.thinned },
      { name: 'skipped: unchanged', kind: 'skipped', pictures: counts.skipped - counts.thinned },
      ...DROP_CAUSES.map((cause) => ({ name: `dropped: ${cause}`, kind: 'dropped' as const, pictures: dropped[cause] })),
      { name: 'in flight', kind: 'flight', pictures: inFlight },
    ] };
  }

  get version(): number { return this.#history.version; }

  page(): CameraWire {
    const now = wall();
    return {
      id: this.id, version: this.version, now, spans: this.#history.spans(now), events: this.#history.events(now),
      hour: this.#hour.wire(), day: this.#day.wire(), settings: cameraSettingsText(this.hub),
    };
  }

  /** Drops in the current step and the one before it. */
  #dropping(): Record<string, number> {
    const before = this.#steps.at(-2) ?? this.#steps.at(-1);
    return Object.fromEntries(Object.entries(this.hub.ledger.tally.dropped).flatMap(([cause, count]) => {
      const more = count - (before?.dropped[cause] ?? 0);
      return more > 0 && !HARMLESS.has(cause) ? [[cause, more]] : [];
    }));
  }

  /** The impairment, by the last complete steps, in which the camera must have been up. A file waits for its consumers, and is never slow. */
  #impairment(wanted: number | undefined, dropping: Readonly<Record<string, number>>): CardWire['impaired'] {
    if (this.#history.status !== 'up') return undefined;
    if (Object.keys(dropping).length > 0) return 'dropping';
    if (this.hub.stillMs > FROZEN_AFTER_MS) return 'frozen';
    const [from, to] = this.#steps.slice(-2);
    if (wanted === undefined || from === undefined || to === undefined || !this.hub.facts.live) return undefined;
    const upMs = wall() - this.#history.since;
    const least = DASHBOARD.slowBelow * wanted * ((to.at - from.at) / 1_000);
    if (upMs >= 2 * DASHBOARD.stepMs && to.kept - from.kept < least) return 'slow';
    const first = this.#steps[0] as Mark;
    const isKnown = this.#steps.length > DASHBOARD.heldSteps && upMs >= (1 + DASHBOARD.heldSteps) * DASHBOARD.stepMs;
    return isKnown && to.out - first.out < DASHBOARD.slowBelow * wanted * ((to.at - first.at) / 1_000) ? 'held' : undefined;
  }

  #mark(): Mark {
    const { counts, dropped, droppedTotal, latency } = this.hub.ledger.tally;
    return {
      at: mono(), captured: counts.captured, kept: counts.captured - counts.thinned - droppedTotal,
      out: counts.published + counts.delivered + counts.skipped - counts.thinned, bytes: counts.bytes,
      latencySum: latency.sumMs, latencyCount: latency.count, dropped: { ...dropped },
    };
  }
}

/** The history at the start of the watch: the reason and the time of an earlier failure are known from the ledger. */
function historyOf({ ledger: { tally, lastStateEvents }, downMs }: CameraHub): History {
  const now = wall();
  const [first] = lastStateEvents;
  const history = new History(Math.min(first?.at ?? now, now - downMs), first === undefined ? STATUS[tally.state] : 'off');
  for (const event of lastStateEvents) {
    if (downMs > 0 && event.at >= now - downMs) history.become(now - downMs, 'down');
    if (!('frames' in event)) history.add(event);
  }
  return history;
}

/** Rates between two marks; after a reset of the counts they are unknown until the next mark. */
function ratesOf(from: Mark, to: Mark): Omit<Point, 'outbox'> {
  const seconds = (to.at - from.at) / 1_000;
  const acknowledged = to.latencyCount - from.latencyCount;
  if (seconds <= 0 || to.captured < from.captured) return { fpsIn: undefined, fpsOut: undefined, latencyMs: undefined, bytesPerSecond: undefined };
  return {
    fpsIn: (to.captured - from.captured) / seconds, fpsOut: Math.max(0, (to.out - from.out) / seconds),
    bytesPerSecond: Math.max(0, (to.bytes - from.bytes) / seconds),
    latencyMs: acknowledged > 0 ? (to.latencySum - from.latencySum) / acknowledged : undefined,
  };
}

function troubleOf(state: keyof typeof STATUS, isDown: boolean, impaired: string | undefined): Trouble {
  if (isDown) return 0;
  if (state === 'idle' || state === 'stopped') return 3;
  return impaired === undefined && state === 'streaming' ? 2 : 1;
}
