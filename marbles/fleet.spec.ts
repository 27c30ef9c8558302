/** Workers of a fleet in virtual time: who runs what, when the lease lapses, when a slot moves, when a worker drains. */
import { NEVER, Observable, Subject, Subscription, concat, of, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { handleOf, memory } from '../src/broker/index.js';
import { mono } from '../src/core/clock.js';
import type { Fence } from '../src/core/frame/fence.js';
import { type FleetCamera, type FleetConfig, type FleetState, coordinator, fleet } from '../src/fleet/index.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

const SLOTS = 16;
const cameras = (count: number) => new Map(Array.from({ length: count }, (_, index) => [`cam-${index}`, { source: `test:${index}` }] as const));

/** One run of a camera on a worker. */
interface Life { readonly worker: string; readonly key: string; readonly from: number; until: number; readonly fence: Fence }

/** Workers on one embedded broker, and what they run. */
class Group {
  readonly broker = memory();
  readonly lives: Life[] = [];
  readonly states = new Map<string, FleetState>();
  readonly drains = new Map<string, Subject<void>>();
  readonly ended: string[] = [];
  readonly #workers = new Subscription();
  /** When all of it ended. */
  #endedAt = Infinity;

  /** @param flushMs - how long a camera that is stopped still has messages to be acknowledged */
  start(worker: string, wanted = cameras(32), { flushMs = 0, ...more }: Partial<FleetConfig> & { flushMs?: number } = {}) {
    const drain$ = new Subject<void>();
    this.drains.set(worker, drain$);
    this.#workers.add(fleet({
      coordinator: coordinator(this.broker, { slots: SLOTS }), cameras$: concat(of(wanted), NEVER), worker, capacity: 2, drain$,
      run: (_, camera) => this.#run(worker, camera, flushMs), ...more,
    }).subscribe({ next: (state) => { this.states.set(worker, state); }, complete: () => { this.ended.push(`${worker} ${mono()}`); } }));
  }

  end(): void {
    this.#endedAt = mono();
    this.#workers.unsubscribe();
  }

  /** Keys that run now, by worker. */
  running(worker?: string): string[] {
    return this.lives.filter((life) => this.isRunning(life) && (worker === undefined || life.worker === worker)).map(({ key }) => key).sort();
  }

  isRunning({ until }: Life): boolean { return until === Infinity || until >= this.#endedAt; }

  /** Shared by all workers. */
  get members(): Fleet {
    const driver = handleOf('test', this.broker).driver() as unknown as { fleets: { of(place: object): Fleet } };
    return driver.fleets.of({ name: 'rxcam', slots: SLOTS });
  }

  #run(worker: string, { key, fence, stop$ }: FleetCamera, flushMs: number): Observable<never> {
    return new Observable<never>((subscriber) => {
      const life: Life = { worker, key, fence, from: mono(), until: Infinity };
      this.lives.push(life);
      subscriber.add(() => { life.until = mono(); });
      subscriber.add(stop$.subscribe(() => { subscriber.add(timer(flushMs).subscribe(() => { subscriber.complete(); })); }));
    });
  }
}

interface Fleet { disconnect(id: string): void; reconnect(id: string): void }

/** Plays for a time, with deeds at their times. */
function play(group: Group, deeds: Readonly<Record<number, () => void>>, ms: number): void {
  scheduler.run(({ flush }) => {
    for (const [at, deed] of Object.entries(deeds)) timer(Number(at)).subscribe(deed);
    timer(ms).subscribe(() => { group.end(); });
    flush();
  });
}

const KEYS = [...cameras(32).keys()].sort();

/** No camera ran on two workers with an open fence at one time: the caller distinguishes overlaps. */
function overlaps(lives: readonly Life[]): string[] {
  return lives.flatMap((one, index) => lives.slice(index + 1).filter((other) =>
    other.key === one.key && other.worker !== one.worker && other.from < one.until && one.from < other.until).map(({ key }) => key));
}

describe('fleet', () => {
  it('runs each camera once, spread over all workers', () => {
    const group = new Group();
    const seen: string[][] = [];
    play(group, {
      0: () => { for (const worker of ['a', 'b', 'c']) group.start(worker); },
      100: () => { seen.push(group.running(), ...['a', 'b', 'c'].map((worker) => group.running(worker))); },
    }, 200);
    expect(seen[0]).toEqual(KEYS);
    for (const share of seen.slice(1)) expect(share.length).toBeGreaterThan(4);
    expect(group.lives.length).toBe(32);
    expect([...group.states.values()].map(({ status, workers }) => `${status} ${workers.join()}`)).toEqual(Array(3).fill('member a,b,c'));
  });

  it('runs the cameras of a worker that dies elsewhere, when its session has ended, and touches no other', () => {
    const group = new Group();
    let before: Life[] = [];
    play(group, {
      0: () => { for (const worker of ['a', 'b', 'c']) group.start(worker); },
      20_000: () => {
        before = group.lives.filter(({ until }) => until === Infinity);
        group.members.disconnect('member-0001');
      },
    }, 30_000);
    const lost = before.filter(({ worker }) => worker === 'a').map(({ key }) => key);
    expect(lost.length).toBeGreaterThan(4);
    const later = group.lives.filter(({ from, worker }) => from > 20_000 && worker !== 'a');
    expect(later.map(({ key }) => key).sort()).toEqual([...lost].sort());
    for (const { from } of later) expect(from).toBeLessThanOrEqual(26_100);
    for (const life of before) if (life.worker !== 'a') expect(group.isRunning(life)).toBe(true);
  });

  it('holds the messages of a worker that is not heard, before others can have its cameras, and fences them when it hears of that', () => {
    const group = new Group();
    const states: string[] = [];
    const look = () => { states.push(`${mono()} ${group.lives.find(({ worker }) => worker === 'a')?.fence.state ?? ''} ${group.states.get('a')?.status ?? ''}`); };
    play(group, {
      0: () => { for (const worker of ['a', 'b']) group.start(worker); },
      20_000: () => { group.members.disconnect('member-0001'); },
      24_000: look,
      // Session 6000 less a margin of 500, from the last heartbeat at 19,500; others have its cameras at 26,000.
      25_100: look,
      27_000: () => { group.members.reconnect('member-0001'); },
      30_000: look,
    }, 31_000);
    expect(states).toEqual(['24000 open member', '25100 held member', '30000 fenced member'].map((text) => expect.stringContaining(text.split(' ').slice(0, 2).join(' ')) as unknown as string));
    expect(group.states.get('a')?.status).toBe('member');
    expect(group.running()).toEqual(KEYS);
  });

  it('sends held messages when the slot is claimed again, if no other worker has had it', () => {
    const group = new Group();
    const states: string[] = [];
    const look = () => { states.push(group.lives.map(({ fence }) => `${fence.state} ${String(fence.epoch)}`)[0] ?? ''); };
    play(group, {
      0: () => { group.start('a'); },
      20_000: () => { group.members.disconnect('member-0001'); look(); },
      26_500: look,
      27_000: () => { group.members.reconnect('member-0001'); },
      29_000: look,
    }, 30_000);
    expect(states).toEqual(['open 0', 'held 0', 'open 1']);
    expect(group.lives.length).toBe(32);
  });

  it('leaves each camera where it is when the coordinator has forgotten all workers, and they come back one after the other', () => {
    const group = new Group();
    let before: Life[] = [];
    play(group, {
      0: () => { for (const worker of ['a', 'b', 'c']) group.start(worker); },
      20_000: () => {
        before = group.lives.filter((life) => group.isRunning(life));
        for (const id of ['member-0001', 'member-0002', 'member-0003']) group.members.disconnect(id);
      },
      40_000: () => { group.members.reconnect('member-0002'); },
      43_000: () => { group.members.reconnect('member-0001'); },
      46_000: () => { group.members.reconnect('member-0003'); },
    }, 60_000);
    expect(before).toHaveLength(32);
    expect(before.filter((life) => !group.isRunning(life))).toEqual([]);
    expect(group.lives).toHaveLength(32);
  });

  it('leaves each camera where it is when the coordinator has been away, and has forgotten some of the workers', () => {
    const group = new Group();
    const all = ['member-0001', 'member-0002', 'member-0003'];
    play(group, {
      0: () => { for (const worker of ['a', 'b', 'c']) group.start(worker); },
      20_000: () => { for (const id of all) group.members.disconnect(id); },
      // Sessions end at 26,000: the coordinator is back just before that, and hears two of them in time.
      25_700: () => { for (const id of ['member-0002', 'member-0003']) group.members.reconnect(id); },
      28_000: () => { group.members.reconnect('member-0001'); },
    }, 60_000);
    expect(group.running()).toEqual(KEYS);
    expect(group.lives).toHaveLength(32);
  });

  it('gives the slots of a worker that does not come back to others anyway', () => {
    const group = new Group();
    play(group, {
      0: () => { for (const worker of ['a', 'b']) group.start(worker); },
      20_000: () => { for (const id of ['member-0001', 'member-0002']) group.members.disconnect(id); },
      40_000: () => { group.members.reconnect('member-0002'); },
    }, 60_000);
    expect(group.running('b')).toEqual(KEYS);
  });

  it('gives up its cameras when it drains, each when its last message is acknowledged, and completes', () => {
    const group = new Group();
    play(group, {
      0: () => { for (const worker of ['a', 'b']) group.start(worker, cameras(32), { flushMs: 400 }); },
      20_000: () => { group.drains.get('a')?.next(); },
    }, 30_000);
    expect(group.running('b')).toEqual(KEYS);
    expect(group.running('a')).toEqual([]);
    expect(overlaps(group.lives)).toEqual([]);
    const moved = group.lives.filter(({ from }) => from > 20_000);
    expect(moved.every(({ from }) => from < 20_600)).toBe(true);
    expect(group.ended).toEqual([expect.stringMatching(/^a 204\d\d$/)]);
  });

  it('waits for the former owner for 3 s at most', () => {
    const group = new Group();
    play(group, {
      0: () => {
        group.start('a', cameras(32), { flushMs: 60_000 });
        group.start('b');
      },
      20_000: () => { group.drains.get('a')?.next(); },
    }, 30_000);
    const moved = group.lives.filter(({ from }) => from > 20_000);
    expect(moved.length).toBeGreaterThan(4);
    expect(moved.every(({ from }) => from <= 23_050)).toBe(true);
    expect(group.lives.filter(({ worker }) => worker === 'a').every(({ fence }) => fence.state === 'fenced')).toBe(true);
    expect(group.ended).toHaveLength(1);
  });

  it('moves cameras to a worker that comes, once, when the group has settled', () => {
    const group = new Group();
    play(group, {
      0: () => { for (const worker of ['a', 'b']) group.start(worker); },
      20_000: () => { group.start('c'); },
    }, 60_000);
    const moved = group.lives.filter(({ from }) => from > 20_000);
    expect(group.running()).toEqual(KEYS);
    expect(group.running('c').length).toBeGreaterThan(5);
    expect(moved.every(({ worker, from }) => worker === 'c' && from >= 35_000 && from < 39_000)).toBe(true);
    expect(new Set(moved.map(({ key }) => key)).size).toBe(moved.length);
    expect(overlaps(group.lives)).toEqual([]);
  });

  it('starts, stops and restarts cameras as what is wanted changes, without another round', () => {
    const group = new Group();
    const wanted$ = new Subject<ReadonlyMap<string, unknown>>();
    const generations: (number | undefined)[] = [];
    play(group, {
      0: () => { group.start('a', undefined, { cameras$: wanted$ }); },
      10: () => { wanted$.next(cameras(4)); },
      1_000: () => { generations.push(group.states.get('a')?.generation); },
      2_000: () => { wanted$.next(new Map([...cameras(6)].filter(([key]) => key !== 'cam-1').map(([key, config]) => [key, key === 'cam-2' ? { source: 'other' } : config]))); },
      3_000: () => { generations.push(group.states.get('a')?.generation); },
    }, 4_000);
    expect(group.running()).toEqual(['cam-0', 'cam-2', 'cam-3', 'cam-4', 'cam-5']);
    expect(group.lives.filter(({ from }) => from >= 2_000).map(({ key }) => key).sort()).toEqual(['cam-2', 'cam-4', 'cam-5']);
    expect(generations[0]).toBe(generations[1]);
  });

  it('starts a camera that has failed again after 30 s, and leaves the others alone', () => {
    const group = new Group();
    const broken = (key: string) => key === 'cam-0';
    let failures = 0;
    play(group, {
      0: () => {
        group.start('a', cameras(3), { run: (_, { key }) => (broken(key) ? new Observable((subscriber) => { failures++; subscriber.error(new Error('no rtsp://u:secret@x')); }) : NEVER) });
      },
    }, 45_000);
    expect(failures).toBe(2);
    const states = group.states.get('a')?.cameras.map(({ key, state, error }) => `${key} ${state} ${error ?? ''}`.trim()).sort();
    expect(states).toEqual([expect.stringMatching(/^cam-0 failed no rtsp:\/\/(?!.*secret)/), 'cam-1 running', 'cam-2 running']);
  });

  it('reports unplaced cameras: for their labels, and for lack of room', () => {
    const group = new Group();
    const wanted = new Map<string, unknown>([['north', { labels: ['north'] }], ['south', { labels: ['south'] }], ['any', {}]]);
    play(group, { 0: () => { group.start('a', wanted as never, { labels: ['north'] }); } }, 1_000);
    expect(group.states.get('a')?.cameras.map(({ key, state }) => `${key} ${state}`).sort()).toEqual(['any running', 'north running', 'south unplaced']);
  });

  it('takes a coordinator and known options only', () => {
    expect(() => fleet({ coordinator: {} as never, run: () => NEVER })).toThrow("fleet: option 'coordinator'");
    expect(() => fleet({ coordinator: coordinator(memory()), run: () => NEVER, capacity: 0 })).toThrow("fleet: option 'capacity': 0 given");
    expect(() => coordinator('kafka://x' as never)).toThrow("coordinator: option 'broker'");
    expect(() => coordinator(memory(), { heartbeatMs: 5_000 })).toThrow("expected 'heartbeatMs' to be at most a third of 'sessionMs'");
  });
});
