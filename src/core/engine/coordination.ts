/** The interface of a broker for a fleet: a group of workers, their claims to slots, and tables that all of them read. */
import type { Observable } from 'rxjs';
import type { Instant } from '../clock.js';

/** Name of a fleet on its broker, and the number that is fixed when the fleet is created. */
export interface FleetPlace {
  /** Prefix of its topics and of its group. */
  readonly name: string;
  /** Number of slots, if the fleet does not exist yet. */
  readonly slots: number;
}

/** Time limits of a group. */
export interface SessionTimes {
  /** Silence after which a worker is removed from the group; ms. */
  readonly sessionMs: number;
  /** Interval of heartbeats; ms. */
  readonly heartbeatMs: number;
  /** Time limit for a worker to join again; ms. */
  readonly rebalanceMs: number;
}

/** A worker, as the leader knows it: its id in the group, and in `text` its own metadata. */
export interface JoinedMember { readonly id: string; readonly text: string }

/** The leader's assignment for one member. */
export interface Assignment {
  /** The slots, for the broker's own tools. */
  readonly slots: readonly number[];
  /** The assignment, for the worker. */
  readonly text: string;
}

/** A worker's role in its group. */
export interface Membership extends SessionTimes {
  /** Returns the member's metadata; called at each join. */
  describe(): string;
  /** Returns the assignment of each member; called on the leader. */
  assign(members: readonly JoinedMember[], slots: number): ReadonlyMap<string, Assignment>;
  /** Emits to start another round, in which all members join again. */
  readonly rejoin$: Observable<unknown>;
}

/** The coordinator has accepted a request; `sent`: when it was sent. */
export interface Accepted { readonly type: 'accepted'; readonly sent: Instant }
/** A round is over, and this worker is a member; `sent`: when its request was sent. */
export interface Joined {
  readonly type: 'joined';
  readonly sent: Instant;
  readonly id: string;
  readonly generation: number;
  readonly slots: number;
  readonly isLeader: boolean;
  /** The text of this member's assignment, from the leader. */
  readonly text: string;
}
/** The coordinator no longer knows this worker, which joins again by itself. */
export interface Lost { readonly type: 'lost'; readonly reason: string }
/** The coordinator did not answer: the request is sent again. */
export interface Unreachable { readonly type: 'unreachable'; readonly error: Error }

export type GroupEvent = Accepted | Joined | Lost | Unreachable;

/** A claim that was written. */
export interface Claimed {
  readonly slot: number;
  /** Increases with each claim to this slot, by any worker. */
  readonly epoch: number;
  /** Whether another worker has claimed it since this worker's last claim. */
  readonly hasRival: boolean;
  /** Whether no worker has claimed it before. */
  readonly isFirst: boolean;
}

export interface ClaimRequest {
  readonly slot: number;
  /** Epoch of this worker's last claim to the slot; undefined if it has made none. */
  readonly since: number | undefined;
}

/** A table: `cameras`: the requested cameras; `workers`: workers and released slots; `reports`: the state of each camera. */
export type TableName = 'cameras' | 'workers' | 'reports';

/** A changed row of a table; `value` is undefined if the row was removed. */
export interface Row { readonly key: string; readonly value: string | undefined }

/** Rows in their order; `isWhole` once all rows that existed at the subscription are emitted. */
export interface Rows { readonly rows: readonly Row[]; readonly isWhole: boolean }

/** A broker as the coordinator of a fleet. Nothing connects before it is subscribed to. */
export interface Coordination {
  /** A membership from subscription to unsubscription, which survives failures. Unsubscribing leaves the group. Never errors or completes. */
  join(membership: Membership): Observable<GroupEvent>;
  /** Writes claims, and emits each when it is written: no server delays claims on another. Then completes, or errors if some were not written. */
  claim(worker: string, claims: readonly ClaimRequest[]): Observable<Claimed>;
  /**
   * Emits all rows, then each change. Continues after failures; never errors.
   * @param recentMs - rows of `workers` and `reports` that are older may be left out. Default: the age that a worker needs
   */
  rows(table: TableName, recentMs?: number): Observable<Rows>;
  /** Completes when the rows are written; errors otherwise. */
  write(table: TableName, rows: readonly Row[]): Observable<never>;
  /** Ends all connections at once. */
  close(): void;
}
