/** Laws of the outbox with any broker, over random schedules in virtual time. */
import fc from 'fast-check';
import { type Observable, Subject, type Subscription, asyncScheduler, defer, finalize, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { publish } from '../../../operators/publish.js';
import { type FrameRecord, recordsOf } from '../../../src/ledger/frame-record.js';
import type { BrokerHandle, CloseReport, Outgoing, SendOutcome } from '../../../src/broker/index.js';
import { MessageTooLarge, BrokerUnavailable } from '../../../src/core/errors/errors.js';
import type { CameraMessage, Published } from '../../../src/core/frame/frame.js';
import { inFlight } from '../../../src/ledger/ledger.js';
import { type Behaviour, FakeDriver, FakeRun, fakeBroker } from './outbox-fakes.js';

/** The server takes no message above this. */
const SERVER_LIMIT = 900;

interface Camera {
  readonly waits: boolean;
  readonly stream: boolean;
  /** Pictures from one keyframe to the next. */
  readonly gop: number;
  readonly offers: readonly { readonly after: number; readonly bytes: number }[];
  /** Offers before which the source errs and is subscribed to again. */
  readonly reconnects: readonly number[];
}

interface Scenario {
  readonly cameras: readonly Camera[];
  readonly faults: readonly ('ok' | 'fail' | 'hang' | 'lost-answer' | 'refuse')[];
  readonly latencyMs: number;
  readonly lingerMs: number;
  readonly maxInFlight: number;
  readonly maxRequestBytes: number;
  readonly outbox: { readonly maxBytes: number; readonly maxMessages: number };
  readonly outboxMaxBytes: number;
  readonly close?: { readonly at: number; readonly deadlineMs: number };
}

const camera: fc.Arbitrary<Camera> = fc.record({
  waits: fc.boolean(),
  stream: fc.boolean(),
  gop: fc.integer({ min: 1, max: 6 }),
  offers: fc.array(fc.record({
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3_000 })),
    bytes: fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 300 }) }, { weight: 1, arbitrary: fc.integer({ min: 800, max: 1_000 }) }),
  }), { minLength: 1, maxLength: 25 }),
  reconnects: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 2 }),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  cameras: fc.array(camera, { minLength: 1, maxLength: 3 }),
  faults: fc.array(fc.constantFrom('ok', 'fail', 'hang', 'lost-answer', 'refuse'), { maxLength: 12 }),
  latencyMs: fc.integer({ min: 0, max: 60 }),
  lingerMs: fc.integer({ min: 0, max: 5 }),
  maxInFlight: fc.integer({ min: 1, max: 6 }),
  maxRequestBytes: fc.integer({ min: 100, max: 2_000 }),
  outbox: fc.record({ maxBytes: fc.integer({ min: 1, max: 4_000 }), maxMessages: fc.integer({ min: 1, max: 12 }) }),
  outboxMaxBytes: fc.integer({ min: 1, max: 6_000 }),
});

interface Outcome {
  readonly runs: readonly FakeRun[];
  readonly acks: readonly Published[][];
  readonly driver: WatchedDriver;
  readonly broker: BrokerHandle;
  readonly offered: readonly CameraMessage[][];
  readonly report?: CloseReport;
}

/** Sees to it that no two requests under way hold messages of one topic and key. */
class WatchedDriver extends FakeDriver {
  readonly #busy = new Set<string>();
  readonly overlaps: string[] = [];

  override send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    const queues = new Set(batch.map(({ topic, key }) => `${topic}/${key}`));
    this.overlaps.push(...[...queues].filter((queue) => this.#busy.has(queue)));
    for (const queue of queues) this.#busy.add(queue);
    let isUnderWay = true;
    const end = () => {
      if (isUnderWay) for (const queue of queues) this.#busy.delete(queue);
      isUnderWay = false;
    };
    return super.send(batch).pipe(tap(end), finalize(end));
  }
}

function behaviourOf(faults: Scenario['faults']): (batch: readonly Outgoing[], index: number) => Behaviour {
  return (batch, index) => {
    const fault = faults[index] ?? 'ok';
    const isTooLarge = batch.some(({ message }) => message.value.length > SERVER_LIMIT);
    if (fault === 'refuse') {
      const isOneLane = new Set(batch.map(({ key }) => key)).size === 1;
      return batch.map(() => ({ ok: false, error: new BrokerUnavailable('refused'), ...(!isOneLane && { split: 'apart' as const }) }));
    }
    if (fault === 'ok' && isTooLarge) return batch.map(() => ({ ok: false, error: new MessageTooLarge('too large'), split: 'size' }));
    return fault === 'lost-answer' && isTooLarge ? 'fail' : fault;
  };
}

function play({ cameras, faults, latencyMs, lingerMs, maxInFlight, maxRequestBytes, outbox, outboxMaxBytes, close }: Scenario): Outcome {
  const driver = new WatchedDriver(latencyMs, behaviourOf(faults));
  const runs = cameras.map(({ waits }, index) => new FakeRun(`cam${index}`, index + 1, waits));
  const offered = cameras.map((): CameraMessage[] => []);
  const acks = cameras.map((): Published[] => []);
  let broker!: BrokerHandle;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    broker = fakeBroker(driver, { lingerMs, maxRequestBytes, outboxMaxBytes, requestTimeoutMs: 400 });
    cameras.forEach((one, index) => {
      const run = runs[index] as FakeRun;
      let source = new Subject<CameraMessage>();
      let subscription: Subscription | undefined;
      const published$ = defer(() => source).pipe(publish(broker, { topic: 't', maxInFlight, outbox }));
      const subscribe = () => { subscription = published$.subscribe({ next: (ack) => acks[index]?.push(ack), error: () => undefined }); };
      subscribe();
      const offerFrom = (at: number): void => {
        const offer = one.offers[at];
        if (offer === undefined) {
          source.complete();
          return;
        }
        if (run.isPaused) {
          asyncScheduler.schedule(() => { offerFrom(at); }, 1);
          return;
        }
        if (one.reconnects.includes(at)) {
          source.error(new Error('reconnect'));
          subscription?.unsubscribe();
          source = new Subject();
          subscribe();
        }
        // The handle was closed meanwhile.
        if (subscription?.closed === true) return;
        const message = run.message({
          key: run.camera, mode: one.stream ? 'stream' : 'frame', keyframe: !one.stream || at % one.gop === 0,
          value: Buffer.allocUnsafeSlow(offer.bytes), id: `${run.camera}/${at}`,
        });
        offered[index]?.push(message);
        source.next(message);
        checkBounds(broker, runs, { outbox, outboxMaxBytes });
        const next = one.offers[at + 1];
        asyncScheduler.schedule(() => { offerFrom(at + 1); }, next?.after ?? 0);
      };
      asyncScheduler.schedule(() => { offerFrom(0); }, one.offers[0]?.after ?? 0);
    });
    if (close !== undefined) asyncScheduler.schedule(() => { void broker.close(close); }, close.at);
    flush();
  });
  return { runs, acks, driver, broker, offered };
}

function checkBounds(broker: BrokerHandle, runs: readonly FakeRun[], { outbox, outboxMaxBytes }: Pick<Scenario, 'outbox' | 'outboxMaxBytes'>): void {
  const biggest = 1_000;
  for (const run of runs) {
    const queue = broker.queue('t', run.camera, {});
    const slack = run.pressure.waits ? biggest : 0;
    expect(queue.bytes).toBeLessThanOrEqual(Math.max(outbox.maxBytes, biggest) + slack);
    expect(queue.length).toBeLessThanOrEqual(outbox.maxMessages + (run.pressure.waits ? 1 : 0));
  }
  const waiting = runs.filter((run) => run.pressure.waits).length;
  // Sources that wait are paused, not dropped; what is in a request can't be dropped either.
  const unmovable = [...runs].reduce((sum, run) => sum + (run.pressure.waits ? broker.queue('t', run.camera, {}).bytes : 0), 0);
  if (waiting === 0) expect(broker.state.outbox.bytes).toBeLessThanOrEqual(Math.max(outboxMaxBytes, biggest) + inRequests(runs) * biggest);
  else expect(broker.state.outbox.bytes).toBeLessThanOrEqual(Math.max(outboxMaxBytes, unmovable, biggest) + inRequests(runs) * biggest);
}

const inRequests = (runs: readonly FakeRun[]) => runs.reduce((sum, run) => sum + run.ledger.places.request, 0);

function checkEnd({ runs, acks, driver, offered, report }: Outcome, { cameras }: Scenario): void {
  expect(driver.overlaps, 'two requests under way for one topic and key').toEqual([]);
  runs.forEach((run, index) => {
    const own = offered[index] as CameraMessage[];
    const fates = new Map<number, string[]>();
    for (const event of run.events) {
      if (event.type === 'published' || event.type === 'dropped') fates.set(event.seq, [...fates.get(event.seq) ?? [], event.type === 'dropped' ? event.cause : 'published']);
    }
    for (const { seq } of own) expect(fates.get(seq), `fates of ${seq}`).toHaveLength(1);
    for (const account of own.flatMap((message): readonly FrameRecord[] => recordsOf(message) ?? [])) expect(account.place).toBeUndefined();
    expect(inFlight(run.ledger)).toBe(0);
    const { captured, published } = run.ledger.counts;
    expect(captured).toBe(published + Object.values(run.ledger.dropped).reduce((sum, one) => sum + one, 0));

    const isPublished = (message: CameraMessage) => fates.get(message.seq)?.[0] === 'published';
    const publishedOrders = own.filter(isPublished).map(({ inputOrder }) => inputOrder);
    const acked = (acks[index] as Published[]).map(({ inputOrder }) => inputOrder);
    // A subscription after the handle was closed errors: it gets no acknowledgements that were kept.
    if (report === undefined) expect(acked, 'acknowledged once, in order').toEqual(publishedOrders);
    else expect(publishedOrders.filter((one) => acked.includes(one)), 'acknowledged once, in order').toEqual(acked);

    const log = driver.log.filter(({ key }) => key === run.camera);
    const firsts = log.filter(({ message }, at) => log.findIndex((one) => one.message.id === message.id) === at).map(({ message }) => message.inputOrder);
    expect(firsts, 'in order, repetitions aside').toEqual([...firsts].sort((a, b) => a - b));
    let previous = 0;
    for (const message of own.filter(isPublished)) {
      const copy = log.findLast((one) => one.message.id === message.id);
      expect(copy?.headers['ce_previousorder'], `previous of ${message.inputOrder}`).toBe(String(previous));
      previous = message.inputOrder;
    }
    if ((cameras[index] as Camera).waits) expect(run.ledger.dropped.outbox).toBe(0);
    own.forEach((message, at) => {
      if (message.mode === 'stream' && !message.keyframe && isPublished(message)) {
        expect(isPublished(own[at - 1] as CameraMessage), `${message.inputOrder} can be decoded`).toBe(true);
      }
    });
    expect(run.isPaused).toBe(false);
  });
}

describe('outbox', () => {
  it('ends each message in one way, in order, within its limits, with any behaviour of the broker', () => {
    fc.assert(fc.property(scenario, (one) => {
      const outcome = play(one);
      checkEnd(outcome, one);
      expect(outcome.broker.state.outbox).toEqual({ messages: 0, bytes: 0 });
    }), { numRuns: 500 });
  }, 60_000);

  it('ends each message one way when the handle is closed in the middle of it, and reports what is left', async () => {
    const closing = fc.record({ at: fc.integer({ min: 0, max: 5_000 }), deadlineMs: fc.constantFrom(0, 100, 1_000, 10_000) });
    await fc.assert(fc.asyncProperty(scenario, closing, async (one, close) => {
      const played = play({ ...one, close });
      const outcome = { ...played, report: await played.broker.close() };
      const { runs, driver, report } = outcome;
      const closed = runs.reduce((sum, run) => sum + run.ledger.dropped.closed, 0);
      expect(driver.isClosed).toBe(true);
      expect(report.unsent).toBeLessThanOrEqual(closed);
      for (const run of runs) expect(inFlight(run.ledger)).toBe(0);
      checkEnd(outcome, one);
    }), { numRuns: 200 });
  }, 60_000);
});
