/** The cost of observing: events of pictures are created only while events$ is observed, and statistics only for those who read them. */
import { type Observable, map, takeUntil, timer } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FakeCamera, fakeBroker, fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { deliver, encodeH265, publish, retry, skipRate, skipUnchanged, toMessage } from '../../../operators/index.js';
import type { Broker } from '../../../src/broker/index.js';
import { wall } from '../../../src/core/clock.js';
import type { CameraStats } from '../../../src/ledger/index.js';
import { FrameEvents } from '../../../src/ledger/frame-events.js';
import { Tally } from '../../../src/ledger/tally.js';

type Pipeline = (gate: FakeCamera, broker: Broker) => Observable<unknown>;

const topic = { topic: 'video' };

const PIPELINES: readonly (readonly [name: string, diagram: string | string[], pipeline: Pipeline])[] = [
  ['messages', 'ffffff', (gate, broker) => gate.pipe(skipRate(2), encodeH265(), toMessage(), publish(broker, topic))],
  ['references', 'fuufuu', (gate, broker) => gate.pipe(skipUnchanged(), encodeH265(), toMessage({ unchanged: 'reference' }), publish(broker, topic))],
  ['user code, twice', 'ffff', (gate, broker) => gate.pipe(map((one) => one), encodeH265(), map((one) => one), toMessage(), publish(broker, topic))],
  ['deliveries', 'fuuf', (gate) => gate.pipe(skipUnchanged(), deliver(() => [0]))],
  ['reconnects', ['ffR', 'rf', 'ff'], (gate, broker) => gate.pipe(encodeH265(), toMessage(), publish(broker, topic), retry(1_000))],
];

/** Methods that create one event each. */
const CREATORS = Object.getOwnPropertyNames(FrameEvents.prototype).filter((name) => name !== 'constructor') as (keyof FrameEvents)[];

/** Plays a pipeline; returns its statistics at the end, the events of pictures that were created, and the copies of the tally before that. */
function played(diagram: string | string[], pipeline: Pipeline, observe: (gate: FakeCamera) => void) {
  const creators = CREATORS.map((name) => vi.spyOn(FrameEvents.prototype, name as 'captured'));
  const copies = vi.spyOn(Tally.prototype, 'snapshot');
  let found: { readonly stats: CameraStats; readonly created: number; readonly copied: number } | undefined;
  marbles(({ flush }) => {
    const gate = fakeCamera(diagram, { fps: 1_000 });
    observe(gate);
    pipeline(gate, fakeBroker()).pipe(takeUntil(timer(3_000))).subscribe({ error: () => undefined });
    flush();
    const copied = copies.mock.calls.length;
    found = { stats: { ...gate.stats, at: wall() }, created: creators.reduce((sum, { mock }) => sum + mock.calls.length, 0), copied };
  });
  vi.restoreAllMocks();
  return found ?? expect.unreachable();
}

afterEach(() => { vi.restoreAllMocks(); });

describe.each(PIPELINES)('%s', (_, diagram, pipeline) => {
  it('without observers: no event of a picture is created, and the tally is not copied', () => {
    const { stats, created, copied } = played(diagram, pipeline, () => undefined);
    expect(stats.captured).toBeGreaterThan(2);
    expect([created, copied]).toEqual([0, 0]);
  });

  it('has the same statistics whether events$ is observed or not', () => {
    const observed = played(diagram, pipeline, (gate) => { gate.events$.subscribe(); });
    expect(observed.created).toBeGreaterThan(observed.stats.captured);
    expect(observed.stats).toEqual(played(diagram, pipeline, () => undefined).stats);
  });

  it('creates no events of pictures for stats$, and copies the tally for turning points and ticks alone', () => {
    let values = 0;
    const { created, copied } = played(diagram, pipeline, (gate) => { gate.stats$.subscribe(() => { values++; }); });
    expect(created).toBe(0);
    expect(copied).toBe(values);
  });
});
