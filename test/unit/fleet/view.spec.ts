/** The whole fleet as its workers report it, in virtual time: who is gone, how each camera is, and what changes between two looks. */
import fc from 'fast-check';
import { EMPTY, NEVER, Observable, Subject, concat, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Row, Rows, TableName } from '../../../src/core/engine/coordination.js';
import { wall } from '../../../src/core/clock.js';
import { CONDITIONS, type Coordinator, type FleetCameraStatus, type FleetStatus, FleetView, fleetStatus } from '../../../src/fleet/index.js';
import { browserAddress, cameraRow, workerRow } from '../../../src/fleet/view/rows.js';

/** A coordinator whose tables a test writes. */
class Tables {
  readonly rows: Record<TableName, Map<string, string>> = { cameras: new Map(), workers: new Map(), reports: new Map() };
  readonly changes: Record<TableName, Subject<Row[]>> = { cameras: new Subject(), workers: new Subject(), reports: new Subject() };
  readonly cameras$ = new Subject<ReadonlyMap<string, unknown>>();
  wanted: ReadonlyMap<string, unknown> = new Map();
  isAway = false;

  get coordinator(): Coordinator {
    const rows = (name: TableName) => new Observable<Rows>((subscriber) => {
      if (this.isAway) return undefined;
      subscriber.next({ rows: [...this.rows[name]].map(([key, value]) => ({ key, value })), isWhole: true });
      return this.changes[name].subscribe((some) => { subscriber.next({ rows: some, isWhole: true }); });
    });
    const cameras$ = new Observable<ReadonlyMap<string, unknown>>((subscriber) => concat(of(this.wanted), this.cameras$).subscribe(subscriber));
    return { name: 'rxcam', times: { sessionMs: 6_000, heartbeatMs: 1_500, rebalanceMs: 10_000 }, cameras$, rows, join: () => NEVER, claim: () => EMPTY, write: () => EMPTY, close: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  want(...keys: readonly string[]): void {
    this.wanted = new Map(keys.map((key) => [key, {}]));
    this.cameras$.next(this.wanted);
  }

  worker(name: string, more: object = {}): void {
    this.#put('workers', `worker/${name}`, { at: wall(), status: 'member', generation: 1, capacity: 2, load: 0.5, cameras: 1, version: '1.0.0', ...more });
  }

  camera(key: string, worker: string, more: object = {}): void {
    this.#put('reports', key, { at: wall(), worker, slot: 1, epoch: 1, state: 'streaming', in: 5, out: 5, ...more });
  }

  #put(name: TableName, key: string, row: object): void {
    if (this.isAway) return;
    const value = JSON.stringify(row);
    this.rows[name].set(key, value);
    this.changes[name].next([{ key, value }]);
  }
}

/** Plays a time with deeds in it, in ms; returns what the fleet looks like at its end. */
function play(ms: number, deeds: (tables: Tables, at: (ms: number, deed: () => void) => void) => void, watchAtMs = 0): FleetStatus & { of(key: string): FleetCameraStatus | undefined } {
  const tables = new Tables();
  let last: FleetStatus | undefined;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    const at = (when: number, deed: () => void) => { scheduler.schedule(deed, when); };
    deeds(tables, at);
    at(watchAtMs, () => {
      const watching = fleetStatus(tables.coordinator).subscribe((state) => { last = state; });
      scheduler.schedule(() => { watching.unsubscribe(); }, ms - watchAtMs);
    });
    flush();
  });
  const status = last as FleetStatus | undefined;
  if (status === undefined) throw new Error('nothing was emitted');
  return { ...status, of: (key) => status.cameras.find((camera) => camera.key === key) };
}

const every = (at: (ms: number, deed: () => void) => void, from: number, to: number, deed: () => void) => { for (let ms = from; ms <= to; ms += 5_000) at(ms, deed); };

describe('the state of a fleet', () => {
  it('has each camera that is wanted, the worst first, with the reason of its worker', () => {
    const { cameras, counts, isCertain, answers } = play(20_000, (tables, at) => {
      tables.want('a', 'b', 'c', 'd', 'e', 'f', 'g');
      every(at, 0, 20_000, () => {
        tables.worker('one');
        tables.camera('a', 'one');
        tables.camera('b', 'one', { state: 'connecting', down: 3_000, error: 'refused' });
        tables.camera('c', 'one', { state: 'unplaced', error: 'no worker has room for it' });
        tables.camera('d', 'one', { slow: true, wanted: 9 });
        tables.camera('e', 'one', { state: 'starting' });
        tables.camera('f', 'one', { state: 'ended' });
      });
    });
    expect(cameras.map(({ key, condition }) => `${key} ${condition}`)).toEqual(['c unplaced', 'g unowned', 'b down', 'd impaired', 'e starting', 'a well', 'f ended']);
    expect(cameras.map(({ error }) => error)).toEqual(['no worker has room for it', undefined, 'refused', undefined, undefined, undefined, undefined]);
    expect(counts).toEqual({ unplaced: 1, unowned: 1, down: 1, impaired: 1, starting: 1, well: 1, ended: 1 });
    expect([isCertain, answers]).toEqual([true, true]);
  });

  it('has cameras of one condition by their names, as people count', () => {
    const { cameras } = play(3_000, (tables, at) => {
      tables.want('cam 10', 'cam 9');
      at(1_500, () => { tables.want('cam 10', 'cam 9', 'cam 1'); });
    });
    expect(cameras.map(({ key }) => key)).toEqual(['cam 1', 'cam 9', 'cam 10']);
  });

  it('has a worker as gone when three of its reports are missing, and its cameras without one until another has them', () => {
    const dies = (tables: Tables, at: (ms: number, deed: () => void) => void) => {
      tables.want('a');
      every(at, 0, 40_000, () => { tables.worker('two'); });
      every(at, 0, 10_000, () => {
        tables.worker('one');
        tables.camera('a', 'one');
      });
    };
    expect(play(24_000, dies).workers.map(({ worker, status }) => `${worker} ${status}`)).toEqual(['one member', 'two member']);
    const later = play(27_000, dies);
    expect(later.workers.map(({ worker, status, heardAt }) => [worker, status, heardAt])).toEqual([['one', 'gone', 10_000], ['two', 'member', 25_000]]);
    expect(later.of('a')).toMatchObject({ condition: 'unowned', worker: 'one', heardAt: 10_000 });
    const taken = play(30_000, (tables, at) => {
      dies(tables, at);
      every(at, 17_000, 30_000, () => { tables.camera('a', 'two', { epoch: 2 }); });
    });
    expect(taken.of('a')).toMatchObject({ condition: 'well', worker: 'two', epoch: 2 });
  });

  it('counts a worker that has missed a round as gone sooner: the others have continued without it', () => {
    const { workers } = play(19_500, (tables, at) => {
      every(at, 0, 10_000, () => { tables.worker('one'); });
      every(at, 0, 20_000, () => { tables.worker('two', { generation: wall() > 12_000 ? 2 : 1 }); });
    });
    expect(workers.map(({ worker, status }) => `${worker} ${status}`)).toEqual(['one gone', 'two member']);
  });

  it('goes by when it has heard of a worker, not by the clock of the worker; until it has heard it is not certain', () => {
    const slow = (tables: Tables, at: (ms: number, deed: () => void) => void) => {
      tables.want('a');
      every(at, 0, 40_000, () => {
        const behind = { at: wall() - 3_000_000 };
        tables.worker('one', behind);
        tables.camera('a', 'one', behind);
      });
    };
    const first = play(11_500, slow, 10_500);
    expect([first.isCertain, first.of('a')?.condition, first.workers[0]?.status]).toEqual([false, 'unowned', 'gone']);
    const later = play(18_000, slow, 10_500);
    expect([later.isCertain, later.of('a')?.condition, later.workers[0]?.status]).toEqual([true, 'well', 'member']);
    const fast = play(40_000, (tables, at) => { every(at, 0, 10_000, () => { tables.worker('one', { at: wall() + 3_000_000 }); }); });
    expect(fast.workers[0]?.status).toBe('gone');
  });

  it('reports at once that a worker is gone if the others have continued without it', () => {
    const { isCertain, workers } = play(42_000, (tables, at) => {
      at(0, () => { tables.worker('one'); });
      every(at, 0, 40_000, () => { tables.worker('two', { generation: 2 }); });
    }, 41_500);
    expect(workers.map(({ worker, status }) => `${worker} ${status}`)).toEqual(['one gone', 'two member']);
    expect(isCertain).toBe(true);
  });

  it('has the cameras of a worker that has drained without one at once, and those of one whose row no worker has kept soon', () => {
    const { of: one, workers } = play(12_000, (tables, at) => {
      tables.want('a', 'b', 'c');
      every(at, 0, 20_000, () => { tables.worker('stays'); tables.camera('c', 'stays'); });
      at(0, () => { tables.camera('b', 'unknown'); });
      every(at, 0, 10_000, () => { tables.camera('a', 'leaves'); });
      every(at, 0, 5_000, () => { tables.worker('leaves'); });
      at(10_500, () => { tables.changes.workers.next([{ key: 'worker/leaves', value: undefined }]); });
    });
    expect(workers.map(({ worker }) => worker)).toEqual(['stays']);
    expect(['a', 'b', 'c'].map((key) => one(key)?.condition)).toEqual(['unowned', 'unowned', 'well']);
  });

  it('lets nothing age while the coordinator does not answer, and says so', () => {
    const away = (tables: Tables, at: (ms: number, deed: () => void) => void) => {
      tables.want('a');
      every(at, 0, 100_000, () => {
        tables.worker('one');
        tables.camera('a', 'one');
      });
      at(20_000, () => { tables.isAway = true; });
    };
    const during = play(80_000, away);
    expect([during.answers, during.heardAt, during.of('a')?.condition, during.workers[0]?.status]).toEqual([false, 20_000, 'well', 'member']);
    const back = play(90_000, (tables, at) => {
      away(tables, at);
      at(82_000, () => { tables.isAway = false; });
    });
    expect([back.answers, back.of('a')?.condition]).toEqual([true, 'well']);
  });

  it('knows a fleet whose workers are all dead from a coordinator that is away: it asks', () => {
    const { answers, workers, of: one } = play(60_000, (tables, at) => {
      tables.want('a');
      at(0, () => {
        tables.worker('one');
        tables.camera('a', 'one');
      });
    });
    expect([answers, workers[0]?.status, one('a')?.condition]).toEqual([true, 'gone', 'unowned']);
  });

  it('takes no report of a worker that was stopped for newer than that of the one that has the camera now', () => {
    const status = play(12_000, (tables, at) => {
      tables.want('a');
      at(0, () => { tables.camera('a', 'one', { epoch: 7 }); });
      at(8_000, () => { tables.camera('a', 'two', { epoch: 9 }); });
      at(9_000, () => { tables.camera('a', 'one', { epoch: 7 }); });
    });
    expect(status.of('a')).toMatchObject({ worker: 'two', epoch: 9 });
  });

  it('has a camera that drops pictures as impaired for the time of two reports', () => {
    const drops = (tables: Tables, at: (ms: number, deed: () => void) => void) => {
      tables.want('a');
      for (const [when, outbox] of [[0, 3], [5_000, 3], [10_000, 8], [15_000, 8], [20_000, 8], [25_000, 8]] as const) at(when, () => { tables.camera('a', 'one', { dropped: { outbox, stopped: when } }); });
    };
    expect(play(9_000, drops).of('a')?.condition).toBe('well');
    expect(play(16_000, drops).of('a')).toMatchObject({ condition: 'impaired', dropping: { outbox: 5 }, dropped: { outbox: 8 } });
    expect(play(24_000, drops).of('a')).toMatchObject({ condition: 'well', dropping: {} });
  });

  it('shows the cameras that a program gives to its workers by itself', () => {
    const { cameras } = play(3_000, (tables) => { tables.camera('a', 'one'); });
    expect(cameras.map(({ key }) => key)).toEqual(['a']);
  });
});

it('gives between two looks what makes one of the other: a law over random changes', () => {
  const change = fc.record({ key: fc.constantFrom('a', 'b', 'c'), what: fc.constantFrom('want', 'leave', 'well', 'down', 'old') });
  fc.assert(fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 }), (steps) => {
    const tables = new Tables();
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const view = new FleetView(tables.coordinator);
      const seen = new Map<string, string>();
      let version = 0;
      steps.forEach((step, index) => {
        scheduler.schedule(() => {
          const keys = new Set(tables.wanted.keys());
          for (const { key, what } of step) {
            if (what === 'want') keys.add(key);
            if (what === 'leave') keys.delete(key);
            if (what === 'well' || what === 'down') tables.camera(key, 'one', { at: wall() + index, ...(what === 'down' && { down: 1 }) });
          }
          tables.want(...keys);
          // A page that is slow leaves looks out.
          if (step.length === 0) return;
          const { changed, gone, isWhole, ...look } = view.since(version);
          if (isWhole) seen.clear();
          for (const key of gone) seen.delete(key);
          for (const camera of changed) seen.set(camera.key, JSON.stringify(camera));
          version = look.version;
          expect(new Map([...seen].sort())).toEqual(new Map(view.status().cameras.map((camera): [string, string] => [camera.key, JSON.stringify(camera)]).sort()));
        }, index * 7_000);
      });
      scheduler.schedule(() => { view.stop(); }, 100_000);
      flush();
    });
  }), { numRuns: 60 });
});

describe('rows from untrusted writers', () => {
  it('are taken for nothing, or for what they may mean: nothing throws', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      for (const row of [workerRow(text), cameraRow(text)]) expect(row === undefined || Number.isFinite(row.at)).toBe(true);
    }));
    const odd = JSON.stringify({ at: 1, worker: 'w', state: 's', status: 's', in: 'x', dropped: { a: 'b', c: 2, __proto__: 3 }, labels: [1, 'a'], capacity: null, error: 'e'.repeat(9_000) });
    expect(cameraRow(odd)).toMatchObject({ fpsIn: undefined, dropped: { c: 2 }, error: `${'e'.repeat(500)}…` });
    expect(workerRow(odd)).toMatchObject({ labels: ['a'], capacity: 0 });
  });

  it.each([
    ['http://cupboard-3:8790/', 'http://cupboard-3:8790/'], ['https://proxy.example/cameras/', 'https://proxy.example/cameras/'],
    ['http://user:secret@host/?token=secret#/x', 'http://host/'], ['javascript:alert(1)', undefined], ['data:text/html,x', undefined], ['/here', undefined], [7, undefined],
  ])('%s leads to %s', (value, address) => {
    expect(browserAddress(value)).toBe(address);
  });
});

it('has a word for each condition once', () => {
  expect(new Set(CONDITIONS).size).toBe(CONDITIONS.length);
});
