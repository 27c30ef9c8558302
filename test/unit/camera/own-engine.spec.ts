/** An engine of the user's own, which may emit everything while it is being subscribed to, as RxJS's `from` does. */
import { type Observable, filter, from, lastValueFrom, map, range, take, takeUntil, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { expectLedger } from '../../../marbles/kit/index.js';
import { encodeH265 } from '../../../operators/index.js';
import { type Camera, camera } from '../../../src/camera/index.js';
import type { Engine, EngineEvent } from '../../../src/core/engine/engine.js';
import { CaptureCrashed } from '../../../src/core/errors/errors.js';

const MANY = 50;

const captured = (index: number): EngineEvent => ({ type: 'captured', pts: index * 40_000 });
const output = (index: number): EngineEvent => (
  { type: 'output', pts: index * 40_000, keyframe: true, width: 4, height: 2, format: 'gray', data: Buffer.alloc(8) }
);
const pictures = (count: number): EngineEvent[] => Array.from({ length: count }, (_, index) => [captured(index), output(index)]).flat();

/** A camera of this engine, whose ledger balances at every event and holds nothing at the end. */
async function played<T>(engine: Engine, values: (gate: Camera) => Observable<T>): Promise<{ readonly gate: Camera; readonly seen: readonly T[]; readonly error: unknown }> {
  const gate = camera('test:', { engine, key: 'own' });
  const ledger = expectLedger(gate);
  const seen: T[] = [];
  const error: unknown = await lastValueFrom(values(gate).pipe(map((value) => { seen.push(value); return value; }), toArray())).then(() => undefined, (reason: unknown) => reason);
  ledger.verifySettled();
  return { gate, seen, error };
}

describe('an engine that emits at once', () => {
  it('is not read after its subscriber has enough', async () => {
    const { gate, seen } = await played(() => from(pictures(MANY)), (own) => own.pipe(take(1)));
    expect(seen).toHaveLength(1);
    expect(gate.stats).toMatchObject({ captured: 1, delivered: 1, state: 'stopped' });
  });

  it('may have no end', async () => {
    const engine: Engine = () => range(0, Infinity).pipe(map((index) => (index % 2 === 0 ? captured(index) : output(index - 1))));
    const { gate, seen } = await played(engine, (own) => own.pipe(map(({ seq }) => seq), take(3)));
    expect(seen).toEqual([1, 2, 3]);
    expect(gate.stats).toMatchObject({ captured: 3, delivered: 3 });
  });

  it('is not read after an event has ended it', async () => {
    const { gate, seen } = await played(() => from(pictures(MANY)), (own) => (
      own.pipe(map(({ seq }) => seq), takeUntil(own.events$.pipe(filter((event) => event.type === 'captured' && event.seq === 3))))
    ));
    expect(seen).toEqual([1, 2]);
    expect(gate.stats).toMatchObject({ captured: 3, delivered: 2, dropped: { stopped: 1 } });
  });

  it('leaves nothing in flight when a step after user code fails', async () => {
    // It does not use the frames that it is fed.
    const { gate, error } = await played(() => from(pictures(MANY)), (own) => own.pipe(map((frame) => frame), encodeH265()));
    expect(error).toBeInstanceOf(CaptureCrashed);
    expect((error as Error).message).toContain('which it was not given');
    expect(gate.stats.captured).toBeLessThan(MANY);
  });
});
