/** One suite for all coordinators: the embedded broker, real Kafka, real Redis. */
import { type Observable, ReplaySubject, Subject, filter, firstValueFrom, lastValueFrom, map, scan, skip, take, timeout, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, handleOf } from '../../../src/broker/index.js';
import type { Assignment, Coordination, GroupEvent, Joined, JoinedMember, Membership, Rows } from '../../../src/core/engine/coordination.js';
import { SUBJECTS } from './subjects.js';

const SLOTS = 8;
const WITHIN_MS = 40_000;

let fleets = 0;
const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });

const soon = <T>(values$: Observable<T>) => firstValueFrom(values$.pipe(timeout(WITHIN_MS)));

/** A worker of the suite: gets an even share of the slots, and keeps what the leader writes to it. */
class Member {
  readonly events$ = new ReplaySubject<GroupEvent>();
  readonly rejoin$ = new Subject<void>();
  readonly #subscription;
  /** Number of events so far. */
  #count = 0;
  text = '';

  constructor(readonly name: string, coordination: Coordination, times: Partial<Membership> = {}) {
    this.events$.subscribe(() => { this.#count++; });
    this.#subscription = coordination.join({
      sessionMs: 6_000, heartbeatMs: 500, rebalanceMs: 10_000, ...times, rejoin$: this.rejoin$,
      describe: () => `${name} ${this.text}`.trim(),
      assign: (members, slots) => evenly(members, slots),
    }).subscribe(this.events$);
    ends.push(() => { this.leave(); });
  }

  leave(): void { this.#subscription.unsubscribe(); }

  /** A round in which these workers take part, a past one too. */
  joined(...names: string[]): Promise<Joined & Given> { return this.#joined(0, names); }

  /** The next round in which these workers take part. */
  joinsNext(...names: string[]): Promise<Joined & Given> { return this.#joined(this.#count, names); }

  #joined(after: number, names: string[]): Promise<Joined & Given> {
    return soon(this.events$.pipe(
      skip(after),
      filter((event): event is Joined => event.type === 'joined'),
      map((event) => ({ ...event, ...JSON.parse(event.text) as Given })),
      filter(({ all }) => all.map((text) => text.split(' ')[0]).sort().join() === names.sort().join()),
    ));
  }
}

interface Given { readonly slots: number; readonly mine: readonly number[]; readonly all: readonly string[] }

function evenly(members: readonly JoinedMember[], slots: number): ReadonlyMap<string, Assignment> {
  const sorted = [...members].sort((a, b) => (a.text < b.text ? -1 : 1));
  return new Map(sorted.map(({ id }, index): [string, Assignment] => {
    const mine = Array.from({ length: slots }, (_, slot) => slot).filter((slot) => slot % sorted.length === index);
    return [id, { slots: mine, text: JSON.stringify({ mine, all: sorted.map(({ text }) => text) }) }];
  }));
}

describe.each(Object.keys(SUBJECTS))('%s as a coordinator', (kind) => {
  /** Connections of one fleet. */
  async function newFleet(): Promise<() => Coordination> {
    const broker = await SUBJECTS[kind]?.();
    const place = { name: `fleet-${kind}-${++fleets}-${process.pid}`, slots: SLOTS };
    return () => {
      const opened = broker?.() as Broker;
      const coordination = handleOf('test', opened).driver().coordination?.(place) as Coordination;
      ends.push(() => {
        coordination.close();
        void opened.close();
      });
      return coordination;
    };
  }

  it('gives each slot to one worker, in one round for all, and says to each what the leader has written', async () => {
    const connect = await newFleet();
    const members = ['a', 'b', 'c'].map((name) => new Member(name, connect()));
    const rounds = await Promise.all(members.map((member) => member.joined('a', 'b', 'c')));
    expect(rounds.flatMap(({ mine }) => mine).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(rounds.map(({ generation }) => generation)).size).toBe(1);
    expect(rounds.filter(({ isLeader }) => isLeader)).toHaveLength(1);
    expect(new Set(rounds.map(({ id }) => id)).size).toBe(3);
  });

  it('confirms each sign of life with the time at which it was sent', async () => {
    const connect = await newFleet();
    const member = new Member('a', connect());
    await member.joined('a');
    const beats = await lastValueFrom(member.events$.pipe(filter((event) => event.type === 'accepted'), take(3), toArray(), timeout(WITHIN_MS)));
    const sent = beats.map((event) => (event.type === 'accepted' ? event.sent.mono : 0));
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeGreaterThan(300);
    expect(sent[2]).toBeLessThanOrEqual(performance.now());
  });

  it('makes another round when a worker leaves, without waiting for its session', async () => {
    const connect = await newFleet();
    const [a, b] = ['a', 'b'].map((name) => new Member(name, connect(), { sessionMs: 30_000 })) as [Member, Member];
    await a.joined('a', 'b');
    // Before the other one, it may have been alone in a round.
    const alone = a.joinsNext('a');
    b.leave();
    const { mine } = await alone;
    expect(mine).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('makes another round when a worker asks for it, with what each says then', async () => {
    const connect = await newFleet();
    const [a, b] = ['a', 'b'].map((name) => new Member(name, connect())) as [Member, Member];
    const before = await a.joined('a', 'b');
    await b.joined('a', 'b');
    b.text = 'drains';
    b.rejoin$.next();
    const after = await soon(a.events$.pipe(
      filter((event): event is Joined => event.type === 'joined' && event.generation > before.generation),
    ));
    expect((JSON.parse(after.text) as Given).all).toEqual(['a', 'b drains']);
  });

  it('confirms a worker while a round waits for another one that says nothing', async () => {
    const connect = await newFleet();
    const a = new Member('a', connect());
    const silent = new Member('b', connect(), { sessionMs: 30_000, heartbeatMs: 29_000 });
    await Promise.all([a.joined('a', 'b'), silent.joined('a', 'b')]);
    const at = performance.now();
    const confirmed = soon(a.events$.pipe(filter((event) => event.type === 'accepted' && event.sent.mono > at), take(3), toArray()));
    a.rejoin$.next();
    const last = (await confirmed).at(-1);
    // A round waits for up to 10 s: longer than the session of the one that asks for it.
    expect(last?.type === 'accepted' && last.sent.mono - at).toBeLessThan(8_000);
  });

  it('numbers the claims to a slot, and says when another worker has claimed it meanwhile', async () => {
    const connect = await newFleet();
    const [one, other] = [connect(), connect()];
    const claim = (by: Coordination, worker: string, slot: number, since?: number) => soon(by.claim(worker, [{ slot, since }]));
    const first = await claim(one, 'a', 3);
    const again = await claim(one, 'a', 3, first.epoch);
    expect(first).toMatchObject({ hasRival: false, isFirst: true });
    expect(again).toEqual({ slot: 3, epoch: expect.any(Number) as number, hasRival: false, isFirst: false });
    // It distinguishes a takeover from a handover.
    expect(again.epoch).toBe(first.epoch + 1);
    expect(again.epoch).toBeGreaterThan(first.epoch);
    const rival = await claim(other, 'b', 3);
    expect(rival.epoch).toBeGreaterThan(again.epoch);
    expect(await claim(one, 'a', 3, again.epoch)).toEqual({ slot: 3, epoch: expect.any(Number) as number, hasRival: true, isFirst: false });
    // Its own answer, if lost, is not a rival.
    const lost = await claim(one, 'a', 5);
    await claim(one, 'a', 5, lost.epoch);
    expect(await claim(one, 'a', 5, lost.epoch)).toMatchObject({ hasRival: false });
    const all = await lastValueFrom(one.claim('a', [0, 1, 2].map((slot) => ({ slot, since: undefined }))).pipe(toArray(), timeout(WITHIN_MS)));
    expect(all.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
  });

  it('reads tables from as long ago as it is asked to, where a table keeps older rows', async () => {
    const connect = await newFleet();
    const [one, other] = [connect(), connect()];
    await lastValueFrom(one.write('workers', [{ key: 'worker/a', value: '1' }]), { defaultValue: undefined });
    const written = Date.now();
    const read = (recentMs: number) => soon(other.rows('workers', recentMs).pipe(filter(({ isWhole }) => isWhole), map(({ rows }) => rows.length)));
    expect(await read(3_600_000)).toBe(1);
    if (kind !== 'kafka') return;
    expect(Date.now() - written).toBeGreaterThan(1);
    expect(await read(1)).toBe(0);
  });

  it('keeps tables: what is there, then each change, and removals', async () => {
    const connect = await newFleet();
    const [one, other] = [connect(), connect()];
    await lastValueFrom(one.write('cameras', [{ key: 'gate', value: '{"source":"test:"}' }, { key: 'Tür', value: '1' }]), { defaultValue: undefined });
    await lastValueFrom(one.write('cameras', [{ key: 'Tür', value: undefined }, { key: 'gate', value: '2' }]), { defaultValue: undefined });
    const tables$ = new ReplaySubject<ReadonlyMap<string, string>>();
    const subscription = other.rows('cameras').pipe(
      scan((state: { table: Map<string, string>; isWhole: boolean }, { rows, isWhole }: Rows) => {
        for (const { key, value } of rows) {
          if (value === undefined) state.table.delete(key);
          else state.table.set(key, value);
        }
        return { table: state.table, isWhole };
      }, { table: new Map<string, string>(), isWhole: false }),
      filter(({ isWhole }) => isWhole), map(({ table }) => new Map(table)),
    ).subscribe(tables$);
    ends.push(() => { subscription.unsubscribe(); });
    expect([...await soon(tables$)]).toEqual([['gate', '2']]);
    await lastValueFrom(one.write('cameras', [{ key: 'yard', value: 'x'.repeat(50_000) }]), { defaultValue: undefined });
    const later = await soon(tables$.pipe(filter((table) => table.has('yard'))));
    expect(later.get('yard')).toHaveLength(50_000);
  });
});
