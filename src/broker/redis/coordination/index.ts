/** A fleet on Redis: leases are keys that expire, epochs are counters, tables are hashes with a channel for their changes. */
import { randomUUID } from 'node:crypto';
import { Observable, concatMap, defer, from, ignoreElements } from 'rxjs';
import type { ClaimRequest, Claimed, Coordination, FleetPlace, GroupEvent, Membership, Row, Rows, TableName } from '../../../core/engine/coordination.js';
import type { ConnectionSettings } from '../options.js';
import { channelEvents } from './channel.js';
import { CommandConnection } from './command-connection.js';
import { RedisMember } from './member.js';
import { FleetNames } from './names.js';
import { CLAIM } from './scripts.js';

export class RedisCoordination implements Coordination {
  readonly #connection: CommandConnection;
  readonly #names: FleetNames;
  /** Identifies this process: a worker that restarts has claimed nothing. */
  readonly #instance = randomUUID();

  constructor(readonly place: FleetPlace, readonly lookUp: () => Promise<ConnectionSettings>) {
    this.#connection = new CommandConnection(lookUp);
    this.#names = new FleetNames(place.name);
  }

  join(membership: Membership): Observable<GroupEvent> {
    return new Observable((subscriber) => {
      const member = new RedisMember(this.#names, this.place.slots, membership, this.lookUp, (event) => { subscriber.next(event); });
      member.start();
      return () => { member.leave(); };
    });
  }

  claim(_: string, claims: readonly ClaimRequest[]): Observable<Claimed> {
    return defer(() => from(this.#claim(claims))).pipe(concatMap((claimed) => claimed));
  }

  rows(table: TableName): Observable<Rows> {
    const known = new Set<string>();
    const remember = (rows: readonly Row[]): Rows => {
      for (const { key, value } of rows) {
        if (value === undefined) known.delete(key);
        else known.add(key);
      }
      return { rows, isWhole: true };
    };
    return channelEvents(this.#names.changes(table), this.lookUp).pipe(concatMap(async (one): Promise<Rows> => {
      if (one.type === 'message') return remember(JSON.parse(one.text) as Row[]);
      const all = await (await this.#connection.connected()).hgetall(this.#names.table(table));
      const gone = [...known].filter((key) => !Object.hasOwn(all, key)).map((key): Row => ({ key, value: undefined }));
      return remember([...Object.entries(all).map(([key, value]): Row => ({ key, value })), ...gone]);
    }));
  }

  write(table: TableName, rows: readonly Row[]): Observable<never> {
    return defer(() => from(this.#write(table, rows))).pipe(ignoreElements());
  }

  close(): void {
    this.#connection.close();
  }

  async #claim(claims: readonly ClaimRequest[]): Promise<Claimed[]> {
    const redis = await this.#connection.connected();
    return Promise.all(claims.map(async ({ slot, since }) => {
      const [epoch, before] = await redis.eval(CLAIM, 2, this.#names.epoch(slot), this.#names.owner(slot), this.#instance) as [number, string];
      return { slot, epoch, hasRival: since !== undefined && before !== this.#instance, isFirst: epoch === 1 };
    }));
  }

  async #write(table: TableName, rows: readonly Row[]): Promise<void> {
    const redis = await this.#connection.connected();
    const transaction = redis.multi();
    for (const { key, value } of rows) {
      if (value === undefined) transaction.hdel(this.#names.table(table), key);
      else transaction.hset(this.#names.table(table), key, value);
    }
    transaction.publish(this.#names.changes(table), JSON.stringify(rows));
    for (const [error] of await transaction.exec() ?? []) if (error !== null) throw error;
  }
}
