/** Kafka by kafkajs. What it would retry, give up or log by itself is taken from it: the sender does that. */
import type { Message } from 'kafkajs';
import { EMPTY, type Observable, catchError, defer, finalize, from, ignoreElements, throwError } from 'rxjs';
import { BROKER } from '../defaults.js';
import { BrokerUnavailable, InvalidOption, MessageTooLarge, type RxcamError } from '../errors.js';
import type { CameraMessage } from '../frame.js';
import { parseOptions } from '../options.js';
import { redact } from '../redact.js';
import { type Broker, BrokerHandle } from './broker.js';
import type { Driver, NotWritten, Outgoing, SendOutcome } from './driver.js';
import type { KafkaClient } from './kafka-client.js';
import { concernsTopic, isStale, isTooLarge, isWrongTime } from './kafka-errors.js';
import { levelOf, textOf } from './kafka-log.js';
import { HOST_AND_PORT, KAFKA_SCHEMA, type KafkaConfig, type KafkaOptions } from './kafka-options.js';
import { KafkaReader, type ReadRequest, type Reader } from './read/index.js';
import { RecordTimes } from './record-time.js';

/** What a message needs beside its bytes: of the record batch and of the record, at most. */
const OVERHEAD_BYTES = 128;
/** What a header needs beside its bytes. */
const HEADER_OVERHEAD_BYTES = 10;

/**
 * Kafka. Connects when the first message is sent, makes the topics that are missing.
 * @throws InvalidOption
 */
export function kafka(config: KafkaConfig): Broker {
  const options = parseOptions('kafka', KAFKA_SCHEMA, config);
  const maxRequestBytes = options.maxRequestBytes ?? Math.min(BROKER.maxRequestBytes, options.maxMessageBytes);
  return new BrokerHandle(new KafkaDriver(options), { ...options, maxRequestBytes });
}

class KafkaDriver implements Driver {
  readonly kind = 'kafka';
  #brokers: readonly string[];
  #client: Promise<KafkaClient> | undefined;
  readonly #secrets: readonly string[];
  readonly #times = new RecordTimes((message) => { this.options.logger?.warn({ broker: this.address }, message); });

  constructor(readonly options: KafkaOptions) {
    this.#brokers = typeof options.brokers === 'function' ? [] : options.brokers;
    this.#secrets = Object.entries(options.sasl ?? {}).flatMap(([name, value]) =>
      (typeof value === 'string' && name !== 'mechanism' && name !== 'username' ? [value] : []));
  }

  get address(): string {
    return `kafka://${this.servers ?? '(not asked yet)'}`;
  }

  get servers(): string | undefined {
    return this.#brokers.length === 0 ? undefined : this.#brokers.join(',');
  }

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => this.#write(batch));
  }

  refuses({ id, key, value, headers }: CameraMessage): MessageTooLarge | undefined {
    const { maxMessageBytes } = this.options;
    let bytes = value.length + Buffer.byteLength(key) + OVERHEAD_BYTES;
    for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + HEADER_OVERHEAD_BYTES;
    if (bytes <= maxMessageBytes) return undefined;
    return new MessageTooLarge(`kafka: message ${id} has ${bytes} bytes with its key and headers, at most ${maxMessageBytes} are taken`);
  }

  topicProblem(topic: string): string | undefined {
    const isValid = /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
    return isValid ? undefined : "expected 1 to 249 letters, digits, '.', '_' or '-'";
  }

  prepare(topic: string): Observable<never> {
    return defer(async () => {
      const client = await (this.#client ??= this.#newClient());
      await client.connect();
      await client.ensureTopic(topic);
    }).pipe(ignoreElements(), catchError((error: unknown) => throwError(() => this.#unavailable(error, ` topic '${topic}':`))));
  }

  reader(request: ReadRequest): Reader {
    return new KafkaReader(request, this.options, {
      brokers: () => this.#askBrokers(), failure: (error) => this.#unavailable(error),
      log: (level, entry) => { this.#log(levelOf(level, entry.message), textOf(entry)); },
    });
  }

  reset(): void {
    this.#client?.then((client) => { client.destroy(); }, () => { /* There is nothing to end. */ });
    this.#client = undefined;
  }

  close(): Observable<never> {
    const client = this.#client;
    if (client === undefined) return EMPTY;
    return from(client.then((one) => one.disconnect())).pipe(
      ignoreElements(),
      catchError(() => EMPTY),
      // Not ended in order, or not in time.
      finalize(() => { this.reset(); }),
    );
  }

  /** The next request gets a new one; requests of the old one may come to their end. */
  #replaceClient(): void {
    this.#client?.then((client) => client.disconnect()).catch(() => { /* It is gone either way. */ });
    this.#client = undefined;
  }

  async #write(batch: readonly Outgoing[]): Promise<readonly SendOutcome[]> {
    const current = this.#client ??= this.#newClient();
    try {
      const client = await current;
      await client.connect();
      const missing = await this.#missingTopics(client, batch);
      const sent = batch.filter(({ topic }) => !missing.has(topic));
      const written = await this.#writeTo(client, sent, () => { if (this.#client === current) this.#replaceClient(); });
      let next = 0;
      return batch.map(({ topic }) => missing.get(topic) ?? written[next++] as SendOutcome);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async #writeTo(client: KafkaClient, batch: readonly Outgoing[], forget: () => void): Promise<readonly SendOutcome[]> {
    if (batch.length === 0) return [];
    try {
      const places = await client.write(batch.map((outgoing) => ({ topic: outgoing.topic, message: this.#messageOf(outgoing) })));
      return places.map((place) => ({ ok: true, ...place }));
    } catch (error) {
      if (isWrongTime(error) && isOneLane(batch) && this.#times.refused(batch[0]?.topic ?? '', batch[0]?.message)) {
        return this.#writeTo(client, batch, forget);
      }
      if (isStale(error)) forget();
      return this.#refusal(batch, error);
    }
  }

  /** The answer does not tell which partition it is about. */
  #refusal(batch: readonly Outgoing[], reason: unknown): readonly SendOutcome[] {
    if (isTooLarge(reason)) {
      const error = new MessageTooLarge(`kafka at ${this.address}: ${this.#text(reason)}`);
      return batch.map(() => ({ ok: false, error, split: 'size' }));
    }
    if (!concernsTopic(reason)) throw reason;
    const refusal: NotWritten = { ok: false, error: this.#unavailable(reason), ...(!isOneLane(batch) && { split: 'apart' as const }) };
    return batch.map(() => refusal);
  }

  async #missingTopics(client: KafkaClient, batch: readonly Outgoing[]): Promise<Map<string, NotWritten>> {
    const missing = new Map<string, NotWritten>();
    for (const topic of new Set(batch.map((outgoing) => outgoing.topic))) {
      try {
        await client.ensureTopic(topic);
      } catch (error) {
        if (!concernsTopic(error)) throw error;
        missing.set(topic, { ok: false, error: this.#unavailable(error, ` topic '${topic}':`) });
      }
    }
    return missing;
  }

  /** The library is loaded when it is needed: it is large, and many use another broker. */
  async #newClient(): Promise<KafkaClient> {
    const { KafkaClient } = await import('./kafka-client.js');
    return new KafkaClient(this.options, {
      brokers: () => this.#askBrokers(),
      log: (level, message) => { this.#log(level, message); },
    });
  }

  #log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.options.logger?.[level]({ broker: this.address }, `kafkajs: ${redact(message, this.#secrets)}`);
  }

  async #askBrokers(): Promise<string[]> {
    const { brokers } = this.options;
    const list: unknown = typeof brokers === 'function' ? await brokers() : brokers;
    if (!Array.isArray(list) || list.length === 0 || !list.every((one) => HOST_AND_PORT.test(String(one)))) {
      throw new InvalidOption(`kafka: option 'brokers': ${redact(JSON.stringify(list ?? null))} returned, expected ['host:port', …]`);
    }
    this.#brokers = list as string[];
    return [...this.#brokers];
  }

  #messageOf({ topic, key, message, headers }: Outgoing): Message {
    return { key, value: message.value, headers: { ...headers }, timestamp: this.#times.of(topic, message) };
  }

  #unavailable(error: unknown, about = ''): RxcamError {
    return new BrokerUnavailable(`kafka at ${this.address}:${about} ${this.#text(error)}`);
  }

  #text(error: unknown): string {
    return redact(error instanceof Error ? error.message : String(error), this.#secrets);
  }
}

function isOneLane(batch: readonly Outgoing[]): boolean {
  return batch.every(({ topic, key }) => topic === batch[0]?.topic && key === batch[0].key);
}
