/** The report of a change of owner in a fleet to a consumer: all messages of the handover have arrived, or a takeover is named. */
import { NEVER, Observable, type Subscription, concat, map, of, takeUntil, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { publish, subscribe, toMessage, verify } from '../operators/index.js';
import { handleOf, memory } from '../src/broker/index.js';
import type { GroupEvent } from '../src/core/engine/coordination.js';
import type { EncodedFrame } from '../src/core/frame/frame.js';
import { type Coordinator, type FleetCamera, coordinator, fleet } from '../src/fleet/index.js';
import type { Gap, Received } from '../src/message/index.js';
import { fakeCoordinator } from './kit/index.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

const KEYS = Array.from({ length: 12 }, (_, index) => `cam-${index}`);
const SLOTS = 4;
const EVERY_MS = 200;

/** A picture every 200 ms. */
function pictures(camera: string, stop$: Observable<void>): Observable<EncodedFrame> {
  const pictures$ = new Observable<EncodedFrame>((subscriber) => {
    let seq = 0;
    return timer(0, EVERY_MS).subscribe(() => {
      seq++;
      subscriber.next({
        camera, run: 1, seq, pts: seq * EVERY_MS * 1_000, capturedAt: Date.now(), width: 16, height: 16, codec: 'jpeg', mode: 'frame', keyframe: true,
        frames: 1, lastSeq: seq, encoder: 'none', encodeMs: 0, data: Buffer.from(`${camera} ${seq}`),
      });
    });
  });
  return pictures$.pipe(takeUntil(stop$));
}

/** Workers of one fleet that publish, and a consumer. */
class Scene {
  readonly broker = memory();
  readonly workers = new Map<string, Subscription>();
  readonly gaps: Gap[] = [];
  readonly check = verify();
  /** First messages of new owners: what they say of the one before, by camera. */
  readonly handovers = new Map<string, string[]>();
  readonly #ids = new Map<string, string>();
  readonly #reading: Subscription;

  constructor() {
    this.#reading = subscribe(this.broker, { topic: 'video', from: 'earliest' }).pipe(this.check).subscribe((one) => {
      if (one.verdict === 'gap') this.gaps.push(one);
      else this.#note(one);
    });
  }

  start(worker: string, drain$: Observable<unknown> = NEVER): void {
    this.workers.set(worker, fleet({
      coordinator: coordinator(this.broker, { slots: SLOTS }), cameras$: concat(of(new Map(KEYS.map((key) => [key, {}] as const))), NEVER), worker, capacity: 2, drain$,
      run: (_, camera) => this.#run(camera),
    }).subscribe());
  }

  end(): void {
    for (const worker of this.workers.values()) worker.unsubscribe();
    this.#reading.unsubscribe();
  }

  /** The coordinator does not hear it. */
  disconnect(id: string): void { this.#members.disconnect(id); }
  reconnect(id: string): void { this.#members.reconnect(id); }

  get #members() {
    const driver = handleOf('test', this.broker).driver() as unknown as { fleets: { of(place: object): { disconnect(id: string): void; reconnect(id: string): void } } };
    return driver.fleets.of({ name: 'rxcam', slots: SLOTS });
  }

  #run({ key, fence, stop$ }: FleetCamera): Observable<unknown> {
    return pictures(key, stop$).pipe(toMessage(), publish(this.broker, { topic: 'video', fence }));
  }

  #note(one: Received): void {
    const handover = one.header('ce_handover');
    if (handover !== undefined) this.handovers.set(one.camera, [...this.handovers.get(one.camera) ?? [], handover === this.#ids.get(one.camera) ? 'the last one' : handover]);
    this.#ids.set(one.camera, one.id ?? '');
  }
}

function play(deeds: Readonly<Record<number, (scene: Scene) => void>>, ms: number): Scene {
  let played: Scene | undefined;
  scheduler.run(({ flush }) => {
    const scene = played = new Scene();
    for (const [at, deed] of Object.entries(deeds)) timer(Number(at)).subscribe(() => { deed(scene); });
    timer(ms).subscribe(() => { scene.end(); });
    flush();
  });
  return played as unknown as Scene;
}

describe('a worker whose first join was answered late', () => {
  it('claims its slots with the next heartbeat', () => {
    scheduler.run(({ flush }) => {
      const fake = fakeCoordinator({ rounds: 'a', slots: { a: [0, 1, 2, 3] }, cameras: new Map([['gate', {}]]) });
      const late = (event: GroupEvent): GroupEvent => (event.type === 'joined' ? { ...event, sent: { wall: event.sent.wall - 6_000, mono: event.sent.mono - 6_000 } } : event);
      const { name, times, cameras$ } = fake;
      const slow: Coordinator = {
        name, times, cameras$, join: (membership) => fake.join(membership).pipe(map(late)), claim: (by, claims) => fake.claim(by, claims),
        rows: (table) => fake.rows(table), write: (table, rows) => fake.write(table, rows), close: () => { fake.close(); }, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
      };
      const started: string[] = [];
      const worker = fleet({ coordinator: slow, run: (_, { key }) => {
        started.push(key);
        return NEVER;
      } }).subscribe();
      timer(5_000).subscribe(() => { worker.unsubscribe(); });
      flush();
      expect(fake.claims).toEqual([{ at: 1_500, slots: [0, 1, 2, 3] }]);
      expect(started).toEqual(['gate']);
    });
  });
});

describe('a consumer of a fleet', () => {
  it('finds no gap at a handover: the first message of the new owner names the last one of the old', () => {
    const { gaps, check, handovers } = play({
      0: (scene) => {
        scene.start('a', timer(20_000));
        scene.start('b');
      },
    }, 30_000);
    expect(gaps).toEqual([]);
    expect(check.stats).toMatchObject({ lost: 0, takeovers: 0, fenced: 0 });
    expect(handovers.size).toBeGreaterThan(2);
    for (const said of handovers.values()) expect(said).toEqual(['the last one']);
  });

  it('names a takeover for each camera of a worker that has ended without a handover, and nothing else', () => {
    const { gaps, check, handovers } = play({
      0: (scene) => { for (const worker of ['a', 'b']) scene.start(worker); },
      20_000: (scene) => { scene.workers.get('a')?.unsubscribe(); },
      // It gets slots for balance, in order.
      40_000: (scene) => { scene.start('a'); },
    }, 80_000);
    const taken = gaps.map(({ cause, size, camera }) => `${cause} ${size} ${camera}`);
    expect(taken.length).toBeGreaterThan(2);
    expect(taken.every((text) => text.startsWith('takeover 0 '))).toBe(true);
    expect(new Set(taken).size).toBe(taken.length);
    expect(check.stats).toMatchObject({ lost: 0, dropped: 0, fenced: 0, takeovers: taken.length });
    for (const { camera } of gaps) expect(handovers.get(camera)?.[0]).toBe('unknown');
    const later = [...handovers.values()].flatMap((said) => said.filter((one) => one !== 'unknown'));
    expect(later.length).toBeGreaterThan(2);
    expect(new Set(later)).toEqual(new Set(['the last one']));
  });

  it('finds no gap if the coordinator was silent for all, and no worker has taken a slot over', () => {
    const { gaps, handovers } = play({
      0: (scene) => { scene.start('a'); },
      20_000: (scene) => { scene.disconnect('member-0001'); },
      40_000: (scene) => { scene.reconnect('member-0001'); },
    }, 60_000);
    expect(gaps).toEqual([]);
    expect([...handovers.values()]).toEqual([]);
  });
});
