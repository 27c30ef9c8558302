/** The driver of Redis Streams, on ioredis: a batch is one MULTI of XADDs on one connection. */
import { EMPTY, type Observable, catchError, defer, finalize, from, ignoreElements, throwError } from 'rxjs';
import { BrokerUnauthorized, BrokerUnavailable, MessageTooLarge, type RxcamError } from '../../core/errors/errors.js';
import type { Coordination, FleetPlace } from '../../core/engine/coordination.js';
import type { CameraMessage } from '../../core/frame/frame.js';
import { parseOptions } from '../../core/options.js';
import { type Broker, BrokerHandle } from '../handle/index.js';
import type { Driver, Outgoing, SendOutcome } from '../driver.js';
import { RedisCoordination } from './coordination/index.js';
import { StreamGroups, createGroup } from './groups.js';
import { WriteConnection } from './write-connection.js';
import { REDIS_SCHEMA, type RedisConfig, type RedisOptions } from './options.js';
import { addFields } from './entry-fields.js';
import { redisReader } from './read/index.js';
import type { ReadRequest, Reader } from '../reader.js';
import { RedisRights, refusedCommand } from './rights.js';
import type { AbortedError, CommandArguments, RedisReply, Transaction } from './transaction.js';
import { StreamTrim } from './trim/index.js';

/**
 * Redis Streams: one stream for each topic, one entry for each message. Connects when the first message is sent.
 * @throws InvalidOption
 */
export function redis(config: RedisConfig = {}): Broker {
  const options = parseOptions('redis', REDIS_SCHEMA, config);
  return new BrokerHandle(new RedisDriver(options), options);
}

/** Errors of the whole server, not of one message. */
const SERVER_WIDE = /^(OOM|READONLY|LOADING|NOAUTH|WRONGPASS|MISCONF|MASTERDOWN|NOREPLICAS|BUSY|TRYAGAIN|CLUSTERDOWN)\b/;

/** The least value that Redis allows for `proto-max-bulk-len`. */
const MIN_LIMIT_BYTES = 1024 ** 2;

const RIGHTS = 'the user needs multi, exec, xadd and xtrim on the streams, and xgroup if consumer groups are created';

class RedisDriver implements Driver {
  readonly kind = 'redis';
  readonly #connection: WriteConnection;
  readonly #trim: StreamTrim;
  readonly #groups = new StreamGroups();
  readonly #rights = new RedisRights((reason) => this.#withAddress(reason));

  constructor(readonly options: RedisOptions) {
    this.#connection = new WriteConnection(options, () => {
      this.#groups.reset();
      this.#rights.reset();
    });
    this.#trim = new StreamTrim(options.maxLen, options.maxStreamBytes);
  }

  get address(): string {
    return this.#connection.address;
  }

  get servers(): string | undefined {
    return this.#connection.servers;
  }

  get warnings$(): Observable<RxcamError> {
    return this.#rights.warnings$;
  }

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => {
      this.#connection.hold(1);
      return from(this.#write(batch)).pipe(finalize(() => { this.#connection.hold(-1); }));
    });
  }

  forget(topic: string): void {
    this.#trim.forget(topic);
    this.#groups.forget(topic);
    this.#rights.forget(topic);
  }

  refuses({ value, id }: CameraMessage): MessageTooLarge | undefined {
    const { maxMessageBytes } = this.options;
    if (value.length <= maxMessageBytes) return undefined;
    return new MessageTooLarge(`redis: message ${id} has ${value.length} bytes, at most ${maxMessageBytes} are allowed`);
  }

  prepare(topic: string, consumerGroup: string | undefined): Observable<never> {
    if (consumerGroup === undefined) return EMPTY;
    return defer(async () => {
      this.#connection.hold(1);
      await createGroup(await this.#connection.connected(), topic, consumerGroup, '0');
    }).pipe(
      ignoreElements(),
      finalize(() => { this.#connection.hold(-1); }),
      catchError((error: unknown) => throwError(() => this.#unavailable(this.#connection.lastError || String(error)))),
    );
  }

  reader(request: ReadRequest): Reader {
    return redisReader(request, this.options, { lookUp: () => this.#connection.lookUp(), failure: (reason) => this.#unavailable(reason) });
  }

  coordination(place: FleetPlace): Coordination {
    return new RedisCoordination(place, () => this.#connection.lookUp());
  }

  reset(): void {
    this.#connection.reset();
  }

  close(): Observable<never> {
    return this.#connection.close();
  }

  async #write(batch: readonly Outgoing[]): Promise<SendOutcome[]> {
    try {
      const redis = await this.#connection.connected();
      await this.#rights.testTrim(redis, [...new Set(batch.map(({ topic }) => topic))]);
      const transaction = this.#connection.newTransaction();
      const groups = this.#groups.addCommands(transaction, batch);
      const trims = this.#trim.trimsFor(batch.filter(({ topic }) => this.#rights.mayTrim(topic)));
      for (const { topic, firstKept } of trims) transaction.add('XTRIM', topic, 'MINID', '~', firstKept);
      for (const outgoing of batch) transaction.addCommand(addFields(this.#entry(transaction, outgoing), outgoing));
      const results = await transaction.exec(redis);
      this.#trim.trimmed(trims);
      this.#groups.created(groups);
      return batch.map((outgoing, index) => this.#outcome(outgoing, results[groups.length + trims.length + index]));
    } catch (error) {
      return this.#outcomesAfter(batch, error as AbortedError);
    }
  }

  /** The first arguments of an XADD. A stream that needs a group is not created without it. */
  #entry(transaction: Transaction, { topic, message: { consumerGroup } }: Outgoing): CommandArguments {
    const createOptions = consumerGroup === undefined ? [] : ['NOMKSTREAM'];
    return transaction.arguments('XADD', topic, ...createOptions, 'MAXLEN', '~', this.options.maxLen, '*');
  }

  #outcome({ topic, message }: Outgoing, id: RedisReply | undefined): SendOutcome {
    if (id === null) {
      this.#groups.streamRemoved(topic);
      if (this.#groups.takeRefusal(topic)) return { ok: false, error: this.#unavailable(missingStream(topic, message.consumerGroup ?? '')) };
      return { ok: false, error: this.#unavailable(`stream '${topic}' no longer exists`), split: 'apart' };
    }
    if (typeof id !== 'string') return { ok: false, error: this.#unavailable(id instanceof Error ? id.message : 'no answer') };
    if (this.#rights.mayTrim(topic)) this.#trim.wrote(topic, id, message);
    return { ok: true, streamId: id };
  }

  /** The outcome of each message after an error. Throws an error that concerns the whole request. */
  #outcomesAfter(batch: readonly Outgoing[], failure: AbortedError): SendOutcome[] {
    const reasons = [failure, ...failure.previousErrors ?? []].map(({ message }) => message).concat(this.#connection.lastError);
    const reason = reasons.find((text) => SERVER_WIDE.test(text) || text.includes('invalid bulk length'))
      ?? failure.previousErrors?.[0]?.message ?? (this.#connection.lastError || failure.message);
    if (reason.includes('invalid bulk length')) return this.#tooLarge(batch, reason);
    const command = failure.previousErrors === undefined ? undefined : refusedCommand(reason);
    if (command === 'xtrim') for (const { topic } of batch) this.#rights.trimRefused(topic, reason);
    if (command === 'xgroup') this.#groups.creationRefused(batch);
    if (command === 'xtrim' || command === 'xgroup') return batch.map(() => ({ ok: false, again: true }));
    const error = this.#unavailable(reason);
    if (failure.previousErrors === undefined || SERVER_WIDE.test(reason)) throw error;
    const isOneStream = new Set(batch.map(({ topic }) => topic)).size === 1;
    return batch.map(() => ({ ok: false, error, ...(!isOneStream && { split: 'apart' as const }) }));
  }

  /** The server answers by closing the connection: a message below the least possible limit is not the reason. */
  #tooLarge(batch: readonly Outgoing[], reason: string): SendOutcome[] {
    const error = new MessageTooLarge(this.#withAddress(reason));
    const candidates = batch.filter(({ message }) => message.value.length >= MIN_LIMIT_BYTES);
    if (candidates.length === 0) throw this.#unavailable(reason);
    return batch.map((one) => (candidates.includes(one) ? { ok: false, error, split: 'size' } : { ok: false, again: true }));
  }

  #unavailable(reason: string): BrokerUnavailable | BrokerUnauthorized {
    const text = this.#withAddress(reason);
    return reason.startsWith('NOPERM') ? new BrokerUnauthorized(`${text} (${RIGHTS})`) : new BrokerUnavailable(text);
  }

  #withAddress(reason: string): string {
    return `redis at ${this.address}: ${this.#connection.redact(reason)}`;
  }
}

/** As if Redis had refused the creation: `NOPERM` makes it a BrokerUnauthorized. */
function missingStream(topic: string, group: string): string {
  return `NOPERM stream '${topic}' does not exist, and this user may not create it with its group: `
    + `grant xgroup, or run XGROUP CREATE ${topic} ${group} 0 MKSTREAM`;
}
