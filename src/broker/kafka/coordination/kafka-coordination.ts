/** A fleet on Kafka: a consumer group that reads nothing, a topic of claims with a partition for each slot, and tables in compacted topics. */
import { randomUUID } from 'node:crypto';
import { Observable, defer, from, ignoreElements, mergeMap } from 'rxjs';
import type { ClaimRequest, Claimed, Coordination, FleetPlace, GroupEvent, Membership, Row, Rows, TableName } from '../../../core/engine/coordination.js';
import type { NodeHooks } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import type { KafkaReaderHooks } from '../read/index.js';
import { claimsOf } from './claims.js';
import { GroupConnection } from './group-connection.js';
import { KafkaLog } from './fleet-topics.js';
import { KafkaMember } from './member.js';
import { TableReader } from './tables.js';

/** Time limits of a request, which is small in a fleet, and of connecting; ms. */
const REQUEST_MS = 4_000;
const CONNECT_MS = 1_000;
/** Age of the oldest useful row of the tables `workers` and `reports`, whose rows are rewritten every few seconds; ms. */
const RECENT_MS = 15_000;

/** The partition of a table, and whether only its recent rows are read. */
interface Place { readonly topic: string; readonly partition: number; readonly isRecent: boolean }

export class KafkaCoordination implements Coordination {
  readonly #log: KafkaLog;
  /** Identifies this process: a worker that restarts has claimed nothing. */
  readonly #instance = randomUUID();

  constructor(readonly place: FleetPlace, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks, readonly nodeHooks: NodeHooks) {
    this.#log = new KafkaLog(place, options, nodeHooks, () => hooks.brokers());
  }

  static async open(place: FleetPlace, given: KafkaOptions, hooks: KafkaReaderHooks): Promise<KafkaCoordination> {
    const options = { ...given, requestTimeoutMs: REQUEST_MS, connectTimeoutMs: Math.min(CONNECT_MS, given.connectTimeoutMs), acks: -1 as const };
    const log: NodeHooks['log'] = (level, entry) => { hooks.log(level, entry); };
    return new KafkaCoordination(place, options, hooks, { newWire: await (await import('../client/kafkajs-internals.js')).kafkajsWires(), log, paused: () => undefined });
  }

  join(membership: Membership): Observable<GroupEvent> {
    return new Observable((subscriber) => {
      const group = `${this.place.name}.workers`;
      const connect = () => new GroupConnection(group, this.options, this.nodeHooks, () => this.hooks.brokers());
      const connections = { rounds: connect(), heartbeats: connect() };
      const member = new KafkaMember({ group, topic: this.#log.claims }, membership, connections, this.#log, (event) => { subscriber.next(event); });
      member.start();
      return () => { member.leave(); };
    });
  }

  claim(worker: string, claims: readonly ClaimRequest[]): Observable<Claimed> {
    return defer(() => from(this.#log.ready())).pipe(mergeMap(() => claimsOf(this.#log, { worker, instance: this.#instance }, claims, {
      options: this.options, hooks: this.hooks,
    })));
  }

  rows(table: TableName, recentMs = RECENT_MS): Observable<Rows> {
    return new Observable((subscriber) => {
      const { topic, partition, isRecent } = this.#placeOf(table);
      const sinceMs = isRecent ? Date.now() - recentMs : undefined;
      const reader = new TableReader({ topic, partition, sinceMs }, this.options, this.hooks, (rows) => { subscriber.next(rows); });
      this.#log.ready().catch(() => undefined).finally(() => { reader.start(); });
      return () => { reader.stop(); };
    });
  }

  write(table: TableName, rows: readonly Row[]): Observable<never> {
    const { topic, partition } = this.#placeOf(table);
    return defer(() => from(this.#log.append(topic, partition, rows))).pipe(ignoreElements());
  }

  close(): void {
    this.#log.destroy();
  }

  #placeOf(table: TableName): Place {
    switch (table) {
      case 'cameras': return { topic: this.#log.cameras, partition: 0, isRecent: false };
      case 'workers': return { topic: this.#log.status, partition: 0, isRecent: true };
      case 'reports': return { topic: this.#log.status, partition: 1, isRecent: true };
    }
  }
}
