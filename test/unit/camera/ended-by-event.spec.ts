/** A program may unsubscribe while it handles any event: the ledger balances, nothing is in flight, and no process is left. */
import { type Observable, Subject, concatMap, map, of, takeUntil, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { expectLedger, fakeBroker, fakeCamera, marbles, type FakeCamera } from '../../../marbles/kit/index.js';
import { deliver, encodeH265, publish, resize, retry, skipRate, skipUnchanged, toMessage } from '../../../operators/index.js';
import type { Broker } from '../../../src/broker/index.js';
import type { CameraEvent } from '../../../src/core/events.js';

type Pipeline = (gate: FakeCamera, broker: Broker) => Observable<unknown>;

/** Receiver of the pictures that count as delivered; with user code between the steps, that code receives some. */
type Receiver = 'the subscriber' | 'none' | 'user code';

const same = map(<T>(value: T) => value);
const topic = { topic: 'video' };

const PIPELINES: readonly (readonly [name: string, receiver: Receiver, diagram: string | string[], pipeline: Pipeline])[] = [
  ['pictures', 'the subscriber', 'ffff', (gate) => gate],
  ['thinned pictures', 'the subscriber', 'ffffff', (gate) => gate.pipe(skipRate(2), resize({ width: 32 }))],
  ['thinned out of user code', 'user code', 'ffffff', (gate) => gate.pipe(same, skipRate(2))],
  ['messages', 'none', 'fffff', (gate, broker) => gate.pipe(encodeH265(), toMessage(), publish(broker, topic))],
  ['messages out of user code', 'user code', 'fffff', (gate, broker) => gate.pipe(same, encodeH265(), same, toMessage(), same, publish(broker, topic))],
  ['chunks', 'none', 'fffffff', (gate, broker) => gate.pipe(encodeH265({ mode: 'stream', gop: 2, chunk: 'gop' }), toMessage(), publish(broker, topic))],
  ['chunks out of user code', 'user code', 'fffffff', (gate, broker) => gate.pipe(same, encodeH265({ mode: 'stream', gop: 2, chunk: 'gop' }), toMessage(), publish(broker, topic))],
  ['unchanged pictures', 'the subscriber', 'fuufuu', (gate) => gate.pipe(skipUnchanged(), encodeH265())],
  ['references', 'none', 'fuufuu', (gate, broker) => gate.pipe(skipUnchanged(), encodeH265(), toMessage({ unchanged: 'reference' }), publish(broker, topic))],
  ['deliveries', 'the subscriber', 'fffff', (gate) => gate.pipe(encodeH265(), deliver(() => timer(1).pipe(map(() => 0)), { concurrency: 2 }))],
  ['reconnects', 'none', ['ffR', 'fff'], (gate, broker) => gate.pipe(encodeH265(), toMessage(), publish(broker, topic), retry(1_000))],
  ['reconnects before user code', 'user code', ['ffR', 'fff'], (gate, broker) => gate.pipe(retry(1_000), same, encodeH265(), toMessage(), publish(broker, topic))],
];

/** Plays a pipeline and unsubscribes while event number `last` is handled, or at the end; returns the types of all events. */
function play([name, receiver, diagram, pipeline]: (typeof PIPELINES)[number], live: boolean, last = Infinity): readonly CameraEvent['type'][] {
  const types: CameraEvent['type'][] = [];
  marbles(({ flush }) => {
    const gate = fakeCamera(diagram, { live, fps: 1_000, encodeMs: 1 });
    const broker = fakeBroker();
    const ledger = expectLedger(gate);
    const end$ = new Subject<void>();
    let values = 0;
    gate.events$.subscribe(({ type }) => {
      types.push(type);
      if (types.length === last) end$.next();
    });
    pipeline(gate, broker).pipe(takeUntil(end$), takeUntil(timer(5_000))).subscribe({ next: () => { values++; }, error: () => undefined });
    timer(6_000).pipe(concatMap(() => { void broker.close({ deadlineMs: 0 }); return of(0); })).subscribe();
    flush();
    ledger.verifySettled();
    const { state, delivered } = gate.stats;
    expect({ name, last, type: types[last - 1], running: gate.processes.running, state }).toMatchObject({ running: 0, state: expect.stringMatching(/stopped|failed/) as string });
    if (receiver !== 'user code') expect({ name, last, type: types[last - 1], delivered }).toMatchObject({ delivered: receiver === 'none' ? 0 : values });
  });
  return types;
}

describe.each([['live', true], ['a file', false]] as const)('%s', (_, live) => {
  it.each(PIPELINES.map((one) => [one[0], one] as const))('%s: from each event', (_, one) => {
    const types = play(one, live);
    expect(types.length).toBeGreaterThan(8);
    for (let last = 1; last <= types.length; last++) play(one, live, last);
  });
});
