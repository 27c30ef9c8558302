/** Workers of other versions in one fleet: one minor before, which lacks what is new, and one minor later, which says more. */
import { NEVER, type Observable, ReplaySubject, Subject, concat, filter, firstValueFrom, lastValueFrom, map, of, skip, takeUntil, timeout, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, handleOf } from '../../../src/broker/index.js';
import type { Assignment, Coordination, GroupEvent, Joined, JoinedMember } from '../../../src/core/engine/coordination.js';
import { type FleetCamera, type FleetState, coordinator, fleet, slotOf } from '../../../src/fleet/index.js';
import { SUBJECTS } from './subjects.js';

const SLOTS = 4;
const WITHIN_MS = 40_000;
const TIMES = { sessionMs: 6_000, heartbeatMs: 100, rebalanceMs: 10_000 };
/** A camera in each slot, by the slot's number. */
const KEYS = Array.from({ length: SLOTS }, (_, slot) => Array.from({ length: 100 }, (_one, index) => `cam-${index}`).find((key) => slotOf(key, SLOTS) === slot) as string);

/** The texts of a version, as it writes them. */
interface Version {
  describe(isDraining: boolean, owned: readonly (readonly [slot: number, epoch: number])[]): string;
  assign(slots: readonly number[], from: Readonly<Record<number, readonly [string, number]>>): string;
  release(slot: number, epoch: number): string;
  /** The last message of a camera in its release. */
  last(key: string): string | undefined;
}

const VERSIONS: Readonly<Record<'before' | 'later', Version>> = {
  before: {
    describe: (draining, owned) => JSON.stringify({ worker: 'other', version: '0.0.9', capacity: 2, labels: [], draining, owned: owned.map((one) => [...one, 1]), costs: [] }),
    assign: (slots, from) => JSON.stringify({ slots, unplaced: [], workers: ['other', 'this'], from }),
    release: (_, epoch) => JSON.stringify({ released: epoch, worker: 'other' }),
    last: () => undefined,
  },
  later: {
    describe: (draining, owned) => JSON.stringify({
      protocol: 2, worker: 'other', version: '0.2.0', zone: { name: 'north', row: 3 }, capacity: 2, memory: 8e9, labels: ['gpu', { key: 'rack', value: 4 }], draining,
      owned: owned.map((one) => [...one, 1, 0.97, 'hot']), costs: [[1, 0.1, { gpu: 0.2 }]], spare: [7],
    }),
    assign: (slots, from) => JSON.stringify({
      protocol: 1, slots, standby: [1, 2], unplaced: [], workers: ['other', 'this'], since: Date.now(),
      from: Object.fromEntries(Object.entries(from).map(([slot, [name, epoch]]) => [slot, [name, epoch, 'north']])),
    }),
    release: (slot, epoch) => JSON.stringify({ released: epoch, worker: 'other', last: [[`video\0${KEYS[slot] ?? ''}`, `${KEYS[slot] ?? ''}/run/9`, 1_234_567]], checksum: 'abc' }),
    last: (key) => `${key}/run/9`,
  },
};

let fleets = 0;
const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0).reverse()) end(); });

const soon = <T>(values$: Observable<T>) => firstValueFrom(values$.pipe(timeout(WITHIN_MS)));

/** A worker of another version, of which only the texts are its own. */
class Other {
  readonly events$ = new ReplaySubject<GroupEvent>();
  readonly rejoin$ = new Subject<void>();
  isDraining = false;
  /** Number of events so far. */
  count = 0;
  owned: readonly (readonly [number, number])[] = [];

  constructor(readonly version: Version, readonly coordination: Coordination) {}

  join(): void {
    this.events$.subscribe(() => { this.count++; });
    const subscription = this.coordination.join({
      ...TIMES, rejoin$: this.rejoin$, describe: () => this.version.describe(this.isDraining, this.owned), assign: (members) => this.#assign(members),
    }).subscribe(this.events$);
    ends.push(() => { subscription.unsubscribe(); });
  }

  async claim(...slots: readonly number[]): Promise<void> {
    const claimed = await lastValueFrom(this.coordination.claim('other', slots.map((slot) => ({ slot, since: undefined }))).pipe(toArray(), timeout(WITHIN_MS)));
    this.owned = claimed.map(({ slot, epoch }) => [slot, epoch]);
  }

  /** An assignment that is so, after this number of events. */
  assigned(test: (slots: readonly number[]) => boolean, after = 0): Promise<Joined> {
    return soon(this.events$.pipe(skip(after), filter((event): event is Joined => event.type === 'joined'), filter(({ text }) => test((JSON.parse(text) as { slots: number[] }).slots))));
  }

  async release(): Promise<void> {
    const rows = this.owned.map(([slot, epoch]) => ({ key: `slot/${slot}`, value: this.version.release(slot, epoch) }));
    this.owned = [];
    await lastValueFrom(this.coordination.write('workers', rows), { defaultValue: undefined });
  }

  /** As leader: slots 2 and 3 are its own unless it drains. */
  #assign(members: readonly JoinedMember[]): ReadonlyMap<string, Assignment> {
    const isAlone = members.length === 1;
    return new Map(members.map(({ id, text }): [string, Assignment] => {
      const isOther = (JSON.parse(text) as { worker: string }).worker === 'other';
      const own = this.isDraining ? [] : isAlone ? [0, 1, 2, 3] : [2, 3];
      const slots = isOther ? own : [0, 1, 2, 3].filter((slot) => !own.includes(slot));
      const from = isOther ? {} : Object.fromEntries(this.owned.filter(([slot]) => slots.includes(slot)).map(([slot, epoch]) => [slot, ['other', epoch] as const]));
      return [id, { slots, text: this.version.assign(slots, from) }];
    }));
  }
}

describe.each(Object.keys(SUBJECTS))('on %s', (kind) => {
  describe.each(Object.keys(VERSIONS) as (keyof typeof VERSIONS)[])('with a worker of one minor %s', (which) => {
    const version = VERSIONS[which];

    async function group() {
      const open = await SUBJECTS[kind]?.() as () => Broker;
      const name = `versions-${kind}-${++fleets}-${process.pid}`;
      const own = open();
      const joined = coordinator(own, { name, slots: SLOTS, sessionMs: TIMES.sessionMs, heartbeatMs: TIMES.heartbeatMs });
      const theirs = open();
      const coordination = handleOf('test', theirs).driver().coordination?.({ name, slots: SLOTS }) as Coordination;
      ends.push(() => {
        joined.close();
        coordination.close();
        void own.close();
        void theirs.close();
      });
      const states$ = new ReplaySubject<FleetState>(1);
      const cameras = new Map<string, FleetCamera>();
      const start = () => {
        const subscription = fleet({
          coordinator: joined, worker: 'this', capacity: 2, cameras$: concat(of(new Map(KEYS.map((key) => [key, {}] as const))), NEVER),
          run: (_, camera) => {
            cameras.set(camera.key, camera);
            return NEVER.pipe(takeUntil(camera.stop$));
          },
        }).subscribe(states$);
        ends.push(() => { subscription.unsubscribe(); });
      };
      /** Resolves when this worker runs the cameras of these slots, and no others. */
      const runs = (...slots: readonly number[]) => soon(states$.pipe(
        map(({ cameras: all }) => all.map(({ slot, state }) => `${slot} ${state}`).sort().join()), filter((text) => text === slots.map((slot) => `${slot} running`).join()),
      ));
      return { other: new Other(version, coordination), start, runs, cameras };
    }

    /** It hands two slots over, and this worker takes them as they are released. */
    async function handOver({ other, runs, cameras }: Awaited<ReturnType<typeof group>>): Promise<void> {
      for (const slot of [2, 3]) cameras.delete(KEYS[slot] ?? '');
      // Its first round may have given it none.
      const drained = other.assigned((slots) => slots.length === 0, other.count);
      other.isDraining = true;
      other.rejoin$.next();
      await drained;
      await other.release();
      await runs(0, 1, 2, 3);
      const said = [2, 3].map((slot) => KEYS[slot] ?? '').map((key) => [key, cameras.get(key)?.fence.handover?.('video', key)]);
      expect(said).toEqual([2, 3].map((slot) => [KEYS[slot], version.last(KEYS[slot] ?? '')]));
    }

    it('leads it', async () => {
      const all = await group();
      const { other, start, runs } = all;
      start();
      await runs(0, 1, 2, 3);
      await other.claim(2, 3);
      other.join();
      await other.assigned((slots) => slots.join() === '2,3');
      await runs(0, 1);
      await handOver(all);
    });

    it('is led by it', async () => {
      const all = await group();
      const { other, start, runs } = all;
      other.join();
      await other.assigned((slots) => slots.length === SLOTS);
      await other.claim(2, 3);
      start();
      await runs(0, 1);
      await handOver(all);
    });
  });
});
