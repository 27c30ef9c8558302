/** The Kafka driver. Each server and partition fails and recovers independently; only messages without a leader wait. */
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
import { bytesOf, isLarger } from './size.js';
import type { NewWire } from './wire/index.js';
import { type KafkaReaderHooks, kafkaReader } from './read/index.js';
import type { ReadRequest, Reader } from '../reader.js';
import { RecordTimes } from './record-time.js';

/**
 * A Kafka cluster. Connects when the first message is sent, and creates missing topics.
 * @throws InvalidOption
 */
export function kafka(config: KafkaConfig): Broker {
  const options = parseOptions('kafka', KAFKA_SCHEMA, config);
  if (options.driver === 'platformatic') checkPlatformatic(options);
  const { maxRequestBytes = Math.min(BROKER.maxRequestBytes, options.maxMessageBytes) } = options;
  return new BrokerHandle(new KafkaDriver(options), { ...options, maxRequestBytes });
}

/** The client libraries that write, each loaded on use. */
export const WIRES: Readonly<Record<KafkaOptions['driver'], () => Promise<NewWire>>> = {
  kafkajs: async () => (await import('./client/kafkajs-internals.js')).kafkajsWires(),
  platformatic: loadPlatformaticWires,
};

class KafkaDriver implements Driver {
  readonly kind = 'kafka';
  #brokers: readonly string[];
  #client: KafkaClient | undefined;
  #loading: Promise<KafkaClient> | undefined;
  /** Requests in progress. */
  #underWay = 0;
  readonly #failures: KafkaFailures;
  readonly #times = new RecordTimes((message) => { this.options.logger?.warn({ broker: this.address }, message); });

  constructor(readonly options: KafkaOptions) {
    this.#brokers = typeof options.brokers === 'function' ? [] : options.brokers;
    this.#failures = new KafkaFailures(() => this.address, options.sasl);
  }

  /** Loads the client before file descriptors can run out: Node caches a failed import. Connecting reports the failure. */
  expectWrites(): void {
    WIRES[this.options.driver]().catch(() => undefined);
  }

  get address(): string { return `kafka://${this.servers ?? '(not asked yet)'}`; }
  get servers(): string | undefined { return this.#brokers.length === 0 ? undefined : this.#brokers.join(','); }

  serverOf(topic: string, key: string): string | undefined {
    const leader = this.#client?.placeOf(topic, key)?.leader ?? -1;
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
    return new MessageTooLarge(`kafka: message ${message.id} has ${bytesOf(message)} bytes with its key and headers, at most ${maxMessageBytes} are allowed`);
  }

  topicProblem(topic: string): string | undefined {
    const isValid = /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
    return isValid ? undefined : "expected 1 to 249 letters, digits, '.', '_' or '-'";
  }

  prepare(topic: string): Observable<never> {
    return defer(async () => {
      this.#hold(1);
      const problem = (await (await this.#clientNow()).lookUp([topic])).get(topic);
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
      // If it was not closed cleanly, or not in time.
      finalize(() => { this.reset(); }),
    );
  }

  #readerHooks(): KafkaReaderHooks {
    return {
      newWire: WIRES[this.options.driver], brokers: () => this.#askBrokers(), failure: (error, topic) => this.#failures.ofReader(error, topic),
      log: (level, entry) => { this.#log(levelOf(level, logEntryText(entry)), logEntryText(entry)); },
    };
  }

  /** Lets the process end while the handle is idle. */
  #hold(more: 1 | -1): void {
    this.#underWay += more;
    this.#client?.hold(this.#underWay > 0);
  }

  /** The partition leader is unknown: the messages are sent when it is known. */
  async #locate(batch: readonly Outgoing[]): Promise<readonly SendOutcome[]> {
    try {
      const client = await this.#clientNow();
      const problems = await client.lookUp(batch.map(({ topic }) => topic));
      return batch.map(({ topic, key }): SendOutcome => {
        const problem = problems.get(topic);
        if (problem !== undefined) return { ok: false, error: this.#failures.of(problem, topic) };
        const place = client.placeOf(topic, key);
        if (place !== undefined && place.leader >= 0) return { ok: false, again: true };
        return { ok: false, error: this.#failures.of(new Error(`partition ${place?.partition ?? 0} has no leader`), topic) };
      });
    } catch (error) {
      throw this.#failures.of(error);
    }
  }

  async #write(leader: number, batch: readonly Outgoing[]): Promise<readonly SendOutcome[]> {
    try {
      const client = await this.#clientNow();
      const places = await client.write(leader, batch.map((outgoing) => ({
        topic: outgoing.topic, partition: client.placeOf(outgoing.topic, outgoing.key)?.partition ?? 0,
        record: { outgoing, timestamp: this.#times.of(outgoing.topic, outgoing.message) },
      })));
      return outcomes(batch, places, { client, failures: this.#failures, times: this.#times });
    } catch (error) {
      throw this.#failures.of(error);
    }
  }

  /** The client library is loaded on demand: it is large, and many users have another broker. */
  async #clientNow(): Promise<KafkaClient> {
    const parts = () => Promise.all([import('./client/client.js'), WIRES[this.options.driver]()]);
    const loading = this.#loading ??= parts().then(([{ KafkaClient }, newWire]) => new KafkaClient(this.options, {
      newWire,
      brokers: () => this.#askBrokers(),
      log: (level, message) => { this.#log(level, message); },
    }));
    const client = await loading;
    if (loading !== this.#loading) throw new Error('the connection was closed meanwhile');
    this.#client = client;
    client.hold(this.#underWay > 0);
    return client;
  }

  #log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.options.logger?.[level]({ broker: this.address }, `${this.options.driver}: ${this.#failures.redact(message)}`);
  }

  async #askBrokers(): Promise<string[]> {
    const { brokers } = this.options;
    this.#brokers = checkedBrokers(typeof brokers === 'function' ? await brokers() : brokers);
    return [...this.#brokers];
  }
}
