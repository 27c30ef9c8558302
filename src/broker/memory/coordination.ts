/** A fleet inside one process: its group, claims and tables in memory, in real or virtual time. */
import { EMPTY, Observable, Subject, type Subscription, asyncScheduler, defer, from, map, startWith } from 'rxjs';
import { instant, ticks } from '../../core/clock.js';
import type {
  Assignment, ClaimRequest, Claimed, Coordination, FleetPlace, GroupEvent, Membership, Row, Rows, TableName,
} from '../../core/engine/coordination.js';

interface Member { readonly id: string; readonly membership: Membership; emit(event: GroupEvent): void }

/** State that the workers of one fleet share. */
export class MemoryFleet implements Coordination {
  readonly #members = new Map<string, Member>();
  readonly #tables = new Map<TableName, { readonly rows: Map<string, string>; readonly changes: Subject<readonly Row[]> }>();
  /** The last claim of each slot. */
  readonly #claims = new Map<number, { readonly epoch: number; readonly worker: string }>();
  /** Members that are disconnected from the coordinator, with the timer of their session's end. */
  readonly #disconnected = new Map<string, Subscription>();
  #round: Subscription | undefined;
  #generation = 0;
  #nextId = 1;

  constructor(readonly slots: number) {}

  join(membership: Membership): Observable<GroupEvent> {
    return new Observable((subscriber) => {
      const enter = () => {
        const member: Member = { id: `member-${String(this.#nextId++).padStart(4, '0')}`, membership, emit: (event) => { subscriber.next(event); } };
        this.#members.set(member.id, member);
        this.rejoin();
        return member;
      };
      let member = enter();
      subscriber.add(ticks(membership.heartbeatMs).subscribe(() => {
        if (this.#disconnected.has(member.id)) return;
        if (!this.#members.has(member.id)) {
          subscriber.next({ type: 'lost', reason: 'the group does not know this worker' });
          member = enter();
        } else subscriber.next({ type: 'accepted', sent: instant() });
      }));
      subscriber.add(membership.rejoin$.subscribe(() => { if (!this.#disconnected.has(member.id)) this.rejoin(); }));
      return () => {
        this.#disconnected.get(member.id)?.unsubscribe();
        if (this.#members.delete(member.id)) this.rejoin();
      };
    });
  }

  /** Disconnects a member, for tests: it leaves the group when its session ends, unless `reconnect` is called before. */
  disconnect(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined || this.#disconnected.has(id)) return;
    this.#disconnected.set(id, asyncScheduler.schedule(() => {
      this.#members.delete(id);
      this.rejoin();
    }, member.membership.sessionMs));
  }

  reconnect(id: string): void {
    this.#disconnected.get(id)?.unsubscribe();
    this.#disconnected.delete(id);
  }

  /** Assigns the slots again, in one round for all requests of the same ms. */
  rejoin(): void {
    this.#round ??= asyncScheduler.schedule(() => {
      this.#round = undefined;
      this.#assign();
    }, 0);
  }

  claim(worker: string, claims: readonly ClaimRequest[]): Observable<Claimed> {
    return from(claims.map(({ slot, since }): Claimed => {
      const last = this.#claims.get(slot);
      const epoch = (last?.epoch ?? -1) + 1;
      this.#claims.set(slot, { epoch, worker });
      const hasRival = last !== undefined && since !== undefined && last.epoch !== since && last.worker !== worker;
      return { slot, epoch, hasRival, isFirst: last === undefined };
    }));
  }

  rows(name: TableName): Observable<Rows> {
    return defer(() => {
      const { rows, changes } = this.#table(name);
      const all = [...rows].map(([key, value]): Row => ({ key, value }));
      return changes.pipe(startWith(all), map((changed): Rows => ({ rows: changed, isWhole: true })));
    });
  }

  write(name: TableName, changed: readonly Row[]): Observable<never> {
    return defer(() => {
      const { rows, changes } = this.#table(name);
      for (const { key, value } of changed) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
      changes.next(changed);
      return EMPTY;
    });
  }

  close(): void { /* There is no connection. */ }

  #table(name: TableName) {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, table = { rows: new Map<string, string>(), changes: new Subject<readonly Row[]>() });
    return table;
  }

  #assign(): void {
    const reachable = [...this.#members.values()].filter(({ id }) => !this.#disconnected.has(id));
    const [leader] = reachable;
    if (leader === undefined) return;
    const sent = instant();
    this.#generation++;
    const assignments = leader.membership.assign(reachable.map(({ id, membership }) => ({ id, text: membership.describe() })), this.slots);
    for (const member of reachable) {
      const { text }: Assignment = assignments.get(member.id) ?? { slots: [], text: '' };
      member.emit({ type: 'joined', sent, id: member.id, generation: this.#generation, slots: this.slots, isLeader: member === leader, text });
    }
  }
}

/** The fleets of one embedded broker. */
export class MemoryFleets {
  readonly #fleets = new Map<string, MemoryFleet>();

  of({ name, slots }: FleetPlace): MemoryFleet {
    let fleet = this.#fleets.get(name);
    if (fleet === undefined) this.#fleets.set(name, fleet = new MemoryFleet(slots));
    return fleet;
  }
}
