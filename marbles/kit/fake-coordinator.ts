/** fakeCoordinator: plays a diagram as the group of a fleet: the slots of this worker, and outages. */
import { EMPTY, NEVER, Observable, Subscription, asyncScheduler, concat, defer, from, of } from 'rxjs';
import { z } from 'zod';
import { instant, ticks } from '../../src/core/clock.js';
import type { ClaimRequest, Claimed, GroupEvent, Membership, Row, Rows, TableName } from '../../src/core/engine/coordination.js';
import { InvalidOption } from '../../src/core/errors/errors.js';
import { count, milliseconds, options, parseOptions } from '../../src/core/options.js';
import { type Coordinator, writeAssignment } from '../../src/fleet/index.js';
import { parseDiagram } from './scheduler.js';

/** Options of {@link fakeCoordinator}. */
export interface FakeCoordinatorConfig {
  /**
   * Events of the group, from the worker's join: a letter is a round in which the worker gets that letter's `slots`; `d`: the
   * coordinator does not answer; `u`: it answers again; `x`: it has forgotten the worker.
   */
  readonly rounds: string;
  /** Slots, by the letters of `rounds` other than d, u and x. */
  readonly slots: Readonly<Record<string, readonly number[]>>;
  /** Slots of the fleet. Default 4. */
  readonly count?: number;
  /** The requested cameras, by key. Default: none. */
  readonly cameras?: ReadonlyMap<string, unknown>;
  /** Interval of heartbeats, in ms. Default 1500. */
  readonly heartbeatMs?: number;
  /** Silence after which a worker counts as dead, in ms. Default 6000. */
  readonly sessionMs?: number;
}

const SCHEMA = options({
  rounds: z.string(), slots: z.record(z.string(), z.array(z.number().int().min(0)).readonly()), count: count().default(4),
  cameras: z.instanceof(Map).default(new Map()), heartbeatMs: milliseconds().min(1).default(1_500), sessionMs: milliseconds().min(1).default(6_000),
});

const OUTAGES = new Set(['d', 'u', 'x']);

/** A coordinator for one worker, with the claims and rows that it has received. */
export class FakeCoordinator implements Coordinator {
  readonly name = 'fake';
  readonly times;
  readonly cameras$: Observable<ReadonlyMap<string, unknown>>;
  /** Claims in their order: the time, and the slots. */
  readonly claims: { readonly at: number; readonly slots: readonly number[] }[] = [];
  /** Rows that were written, by table. */
  readonly written: Record<TableName, Row[]> = { cameras: [], workers: [], reports: [] };
  readonly #script: readonly { readonly at: number; readonly letter: string }[];
  readonly #epochs = new Map<number, number>();
  #generation = 0;

  constructor(readonly config: z.output<typeof SCHEMA>) {
    const { heartbeatMs, sessionMs, cameras, rounds, slots } = config;
    this.times = { heartbeatMs, sessionMs, rebalanceMs: sessionMs };
    this.cameras$ = concat(of(cameras as ReadonlyMap<string, unknown>), NEVER);
    this.#script = parseDiagram(rounds).map(({ frame, notification }) => {
      const letter = notification.kind === 'N' ? String(notification.value) : '|';
      if (!OUTAGES.has(letter) && slots[letter] === undefined) {
        throw new InvalidOption(`fakeCoordinator: '${letter}' in '${rounds}' given; allowed: d u x ${Object.keys(slots).join(' ')}`.trim());
      }
      return { at: frame, letter };
    });
  }

  join(membership: Membership): Observable<GroupEvent> {
    return new Observable((subscriber) => {
      const work = new Subscription();
      let answers = true;
      let isMember = false;
      for (const { at, letter } of this.#script) {
        work.add(asyncScheduler.schedule(() => {
          if (letter === 'd' || letter === 'u') answers = letter === 'u';
          else if (letter === 'x') {
            isMember = false;
            subscriber.next({ type: 'lost', reason: 'the group has forgotten the worker' });
          } else {
            isMember = true;
            subscriber.next(this.#joined(membership, letter));
          }
        }, at));
      }
      work.add(ticks(membership.heartbeatMs).subscribe(() => { if (answers && isMember) subscriber.next({ type: 'accepted', sent: instant() }); }));
      return work;
    });
  }

  claim(_: string, claims: readonly ClaimRequest[]): Observable<Claimed> {
    return defer(() => {
      this.claims.push({ at: asyncScheduler.now(), slots: claims.map(({ slot }) => slot) });
      return from(claims.map(({ slot }): Claimed => {
        const epoch = (this.#epochs.get(slot) ?? 0) + 1;
        this.#epochs.set(slot, epoch);
        return { slot, epoch, hasRival: false, isFirst: epoch === 1 };
      }));
    });
  }

  rows(_: TableName): Observable<Rows> {
    return concat(of({ rows: [], isWhole: true }), NEVER);
  }

  write(table: TableName, rows: readonly Row[]): Observable<never> {
    return defer(() => {
      this.written[table].push(...rows);
      return EMPTY;
    });
  }

  close(): void { /* There is no connection. */ }

  [Symbol.asyncDispose](): Promise<void> { return Promise.resolve(); }

  #joined(membership: Membership, letter: string): GroupEvent {
    membership.describe();
    const text = writeAssignment({ slots: this.config.slots[letter] ?? [], from: new Map(), unplaced: [], workers: ['fake'] });
    return { type: 'joined', sent: instant(), id: 'fake', generation: ++this.#generation, slots: this.config.count, isLeader: false, text };
  }
}

/**
 * A fake coordinator for `fleet`, which plays the decisions of the group from a diagram.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const coordinator = fakeCoordinator({ rounds: 'a 5s b', slots: { a: [0, 1, 2, 3], b: [0] }, cameras });
 *   fleet({ coordinator, run }).subscribe();
 * });
 * ```
 * @throws InvalidOption for a wrong option, or an unknown letter
 */
export function fakeCoordinator(config: FakeCoordinatorConfig): FakeCoordinator {
  return new FakeCoordinator(parseOptions('fakeCoordinator', SCHEMA, config));
}
