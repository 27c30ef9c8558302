/** The Kafka driver. Each server and partition fails and recovers independently: only messages whose partition has no leader wait. */
import { EMPTY, type Observable, catchError, defer, finalize, from, ignoreElements, tap, throwError } from 'rxjs';
import { BROKER } from '../../core/defaults/defaults.js';
import type { Coordination, FleetPlace } from '../../core/engine/coordination.js';
import { MessageTooLarge } from '../../core/errors/errors.js';
import type { CameraMessage } from '../../core/frame/frame.js';
import { parseOptions } from '../../core/options.js';
import { type Broker, BrokerHandle } from '../handle/index.js';
import type { Driver, Outgoing, SendOutcome } from '../driver.js';
import { type KafkaClient, levelOf, logEntryText } from './client/index.js';
import { kafkaCoordination } from './coordination/index.js';
import { KafkaFailures } from './failures.js';
import { KAFKA_SCHEMA, type KafkaConfig, type KafkaOptions, checkedBrokers } from './options.js';
import { outcomes } from './outcomes.js';
import { checkPlatformatic, loadPlatformaticWires } from './platformatic/index.js';
import { maxBatchBytes, isLarger } from './message-size.js';
import type { NewWire } from './wire/index.js';
import { type KafkaReaderHooks, kafkaReader } from './read/index.js';
import type { ReadRequest, Reader } from '../reader.js';
import { RecordTimes } from './record-time.js';

/**
 * A Kafka cluster. Connects when the first message is sent, and creates missing topics, unless `createTopics` is false.
 * @throws InvalidOption
 */
export function kafka(config: KafkaConfig): Broker {
  const options = parseOptions('kafka', KAFKA_SCHEMA, config);
  if (options.driver === 'platformatic') checkPlatformatic(options);
  const { maxRequestBytes = Math.min(BROKER.maxRequestBytes, options.maxMessageBytes) } = options;
  return new BrokerHandle(new KafkaDriver(options), { ...options, maxRequestBytes });
}

/** The client libraries for writing; each is loaded when it is first used. */
export const WIRES: Readonly<Record<KafkaOptions['driver'], () => Promise<NewWire>>> = {
  kafkajs: async () => (await import('./client/kafkajs-internals.js')).kafkajsWires(),
  platformatic: loadPlatformaticWires,
};

class KafkaDriver implements Driver {
  readonly kind = 'kafka';
  #brokers: readonly string[];
  #client: KafkaClient | undefined;
  #loading: Promise<KafkaClient> | undefined;
  /** Requests that have no outcome yet. */
  #inFlight = 0;
  readonly #failures: KafkaFailures;
  readonly #times = new RecordTimes((message) => { this.options.logger?.warn({ broker: this.address }, message); });

  constructor(readonly options: KafkaOptions) {
    this.#brokers = typeof options.brokers === 'function' ? [] : options.brokers;
    this.#failures = new KafkaFailures(() => this.address, options.sasl);
  }

  /** Loads the client before file descriptors can run out, because Node caches a failed import. A failure is reported by connecting. */
  expectWrites(): void {
    WIRES[this.options.driver]().catch(() => undefined);
  }

  get address(): string { return `kafka://${this.servers ?? '(not looked up yet)'}`; }
  get servers(): string | undefined { return this.#brokers.length === 0 ? undefined : this.#brokers.join(','); }

  serverOf(topic: string, key: string): string | undefined {
    const leader = this.#client?.partitionLeader(topic, key)?.leader ?? -1;
    return leader < 0 ? undefined : String(leader);
  }

  readyAt(server: string | undefined): number {
    return server === undefined ? 0 : this.#client?.pausedUntil(Number(server)) ?? 0;
  }

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => {
      const [first] = batch;
      const server = first && this.serverOf(first.topic, first.key);
      let isAnswered = false;
      this.#hold(1);
      return from(server === undefined ? this.#locate(batch) : this.#write(Number(server), batch)).pipe(
        tap(() => { isAnswered = true; }),
        finalize(() => {
          this.#hold(-1);
          if (!isAnswered && server !== undefined) this.#client?.forgetLedBy(Number(server));
        }),
      );
    });
  }

  refuses(message: CameraMessage): MessageTooLarge | undefined {
    const { maxMessageBytes } = this.options;
    if (!isLarger(message, maxMessageBytes)) return undefined;
    return new MessageTooLarge(`kafka: message ${message.id} has ${maxBatchBytes(message)} bytes with its key and headers, at most ${maxMessageBytes} are allowed`);
  }

  topicProblem(topic: string): string | undefined {
    const isValid = /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
    return isValid ? undefined : "expected 1 to 249 letters, digits, '.', '_' or '-'";
  }

  prepare(topic: string): Observable<never> {
    return defer(async () => {
      this.#hold(1);
      const problem = (await (await this.#loadedClient()).lookUp([topic])).get(topic);
      if (problem !== undefined) throw problem;
    }).pipe(
      ignoreElements(),
      finalize(() => { this.#hold(-1); }),
      catchError((error: unknown) => throwError(() => this.#failures.of(error, topic))),
    );
  }

  reader(request: ReadRequest): Reader { return kafkaReader(request, this.options, this.#readerHooks()); }
  coordination(place: FleetPlace): Coordination { return kafkaCoordination(place, this.options, this.#readerHooks()); }

  forget(topic: string): void { this.#client?.forget(topic); }

  reset(server?: string): void {
    if (server !== undefined) return this.#client?.drop(Number(server));
    this.#loading?.then((client) => { client.destroy(); }, () => { /* There is no connection. */ });
    this.#client = this.#loading = undefined;
  }

  close(): Observable<never> {
    if (this.#loading === undefined) return EMPTY;
    return from(this.#loading.then((client) => client.disconnect())).pipe(
      ignoreElements(),
      catchError(() => EMPTY),
      // Closes the sockets if the client has not disconnected in time, or not cleanly.
      finalize(() => { this.reset(); }),
    );
  }

  #readerHooks(): KafkaReaderHooks {
    return {
      newWire: WIRES[this.options.driver], brokers: () => this.#currentBrokers(), failure: (error, topic) => this.#failures.ofReader(error, topic),
      log: (level, entry) => { this.#log(levelOf(level, logEntryText(entry)), logEntryText(entry)); },
    };
  }

  /** Counts requests in flight: they keep the process alive. */
  #hold(change: 1 | -1): void {
    this.#inFlight += change;
    this.#client?.hold(this.#inFlight > 0);
  }

  /** Looks up leaders that are not known. Messages whose leader is known afterwards are sent again. */
  async #locate(batch: readonly Outgoing[]): Promise<readonly SendOutcome[]> {
    try {
      const client = await this.#loadedClient();
      const problems = await client.lookUp(batch.map(({ topic }) => topic));
      return batch.map(({ topic, key }): SendOutcome => {
        const problem = problems.get(topic);
        if (problem !== undefined) return { ok: false, error: this.#failures.of(problem, topic) };
        const found = client.partitionLeader(topic, key);
        if (found !== undefined && found.leader >= 0) return { ok: false, again: true };
        return { ok: false, error: this.#failures.of(new Error(`partition ${found?.partition ?? 0} has no leader`), topic) };
      });
    } catch (error) {
      throw this.#failures.of(error);
    }
  }

  async #write(leader: number, batch: readonly Outgoing[]): Promise<readonly SendOutcome[]> {
    try {
      const client = await this.#loadedClient();
      const results = await client.write(leader, batch.map((outgoing) => ({
        topic: outgoing.topic, partition: client.partitionLeader(outgoing.topic, outgoing.key)?.partition ?? 0,
        record: { outgoing, timestamp: this.#times.of(outgoing.topic, outgoing.message) },
      })));
      return outcomes(batch, results, { client, failures: this.#failures, times: this.#times });
    } catch (error) {
      throw this.#failures.of(error);
    }
  }

  /** The client. Its library is loaded on demand: it is large, and many users have another broker. */
  async #loadedClient(): Promise<KafkaClient> {
    const parts = () => Promise.all([import('./client/client.js'), WIRES[this.options.driver]()]);
    const loading = this.#loading ??= parts().then(([{ KafkaClient }, newWire]) => new KafkaClient(this.options, {
      newWire,
      brokers: () => this.#currentBrokers(),
      log: (level, message) => { this.#log(level, message); },
    }));
    const client = await loading;
    if (loading !== this.#loading) throw new Error('the connection was closed meanwhile');
    this.#client = client;
    client.hold(this.#inFlight > 0);
    return client;
  }

  #log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.options.logger?.[level]({ broker: this.address }, `${this.options.driver}: ${this.#failures.redact(message)}`);
  }

  async #currentBrokers(): Promise<string[]> {
    const { brokers } = this.options;
    this.#brokers = checkedBrokers(typeof brokers === 'function' ? await brokers() : brokers);
    return [...this.#brokers];
  }
}
