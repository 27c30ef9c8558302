/** CameraStreamer: streams many cameras to one broker, with the interface of the system that defines `matrice`. */
import { firstValueFrom, of } from 'rxjs';
import { publish } from '../../../operators/index.js';
import { type Broker, type CloseReport, type KafkaConfig, kafka, redis } from '../../broker/index.js';
import { type Camera, camera } from '../../camera/index.js';
import { BrokerUnavailable, InvalidOption } from '../../core/errors/errors.js';
import type { Published } from '../../core/frame/frame.js';
import { type Report, type Timing, report } from '../../ledger/index.js';
import { parseOptions } from '../../core/options.js';
import { redact } from '../../core/redact/redact.js';
import { type CameraStreamerConfig, START_SCHEMA, STREAMER_SCHEMA, type StartOptions, type StartStreamConfig, type StreamerOptions } from './options.js';
import { type Running, CachedResult, directMessage, runInBackground } from './parts.js';
import { published$ } from './pipeline.js';

export type { CameraStreamerConfig, StartStreamConfig } from './options.js';

/** Result of {@link CameraStreamer.getTransmissionStats}. */
export interface TransmissionStats extends Report {
  /** The report of each stream, by key, including stopped ones. */
  readonly byStream: Readonly<Record<string, Report>>;
}

/** Durations of a stream, in ms; `last` is that of the last picture or message. */
export interface StreamTimingStats {
  /** From one picture to the next. */
  readonly read: Timing;
  /** From decoding to the end of encoding. */
  readonly process: Timing;
  /** From request to acknowledgement. */
  readonly write: Timing;
  /** From decoding to acknowledgement. */
  readonly latency: Timing;
}

/** A stream, kept after its end so that the numbers of messages continue if it is started again. */
interface Stream { readonly address: string; readonly gate: Camera; readonly running: Running }

/**
 * Streams cameras to Kafka or Redis, in messages of the `matrice` format. Each stream reconnects without limit; all share one
 * broker handle.
 *
 * @example
 * ```ts
 * const streamer = new CameraStreamer({ serviceId: 'service_1', serverType: 'kafka', connection: { brokers: ['localhost:9092'] } });
 * streamer.registerStreamTopic('gate', 'gate_input');
 * streamer.startBackgroundStream({ input: 'rtsp://camera/stream', streamKey: 'gate', fps: 5 });
 * ```
 */
export class CameraStreamer implements AsyncDisposable {
  /** The broker handle that all streams share. */
  readonly broker: Broker;
  readonly #options: StreamerOptions;
  readonly #topics = new Map<string, string>();
  readonly #streams = new Map<string, Stream>();
  readonly #where: CachedResult | undefined;

  /** @throws InvalidOption */
  constructor(config: CameraStreamerConfig) {
    const options = parseOptions('CameraStreamer', STREAMER_SCHEMA, config);
    this.#options = options;
    const { connectionRefreshThreshold: refreshAfterFailures, connectionRefreshIntervalMs } = options;
    const name = options.serverType === 'kafka' ? 'brokers' : 'url';
    const where = (options.connection as Record<string, unknown>)[name];
    if (typeof where === 'function') this.#where = new CachedResult(where as () => unknown, connectionRefreshIntervalMs);
    const given = { refreshAfterFailures, ...options.connection, ...(this.#where && { [name]: this.#where.ask }) };
    this.broker = options.serverType === 'kafka' ? kafka(given as KafkaConfig) : redis(given);
    // Reports wrong options of the operators here, not with the first stream.
    void published$({ gate: camera('test:'), broker: this.broker, topic: 'topic', streamer: options, start: START_SCHEMA.parse({ input: 'test:' }) });
  }

  /** Sets the topic of a stream's messages, before or after its start; a running stream keeps its topic. */
  registerStreamTopic(key: string, topic: string): void {
    this.#topics.set(key, topic);
  }

  /** The topic of a stream's messages. */
  getTopicForStream(key: string): string | undefined {
    return this.#topics.get(key);
  }

  /** Creates a topic if it is missing; on Redis also its consumer group `{topic}_group`. Rejects with BrokerUnavailable. */
  setupStreamForTopic(topic: string): Promise<void> {
    return this.broker.prepare(topic, { consumerGroup: `${topic}_group` });
  }

  /**
   * Starts a stream; resolves when it has ended or was stopped. Failures of the camera or broker do not end it.
   * Rejects with InvalidOption for wrong options, a key without a topic, or a key that is streaming already.
   */
  async startStream(config: StartStreamConfig): Promise<void> {
    await this.#start(config).running.ended;
  }

  /**
   * Starts a stream and returns its key at once; its progress is in the events of `getCamera(key)`.
   * @throws InvalidOption as `startStream` rejects with it
   */
  startBackgroundStream(config: StartStreamConfig): string {
    const { gate, running: { ended } } = this.#start(config);
    // Only startStream reports a failure.
    ended.catch(() => undefined);
    return gate.key;
  }

  /** The camera of a stream, for its events and statistics. */
  getCamera(key: string): Camera | undefined {
    return this.#streams.get(key)?.gate;
  }

  /** Stops one stream, or all, including those that wait to reconnect. Messages in the outbox are still sent. */
  stopStreaming(key?: string): void {
    const stopped = key === undefined ? [...this.#streams.values()] : [this.#streams.get(key)];
    for (const stream of stopped) stream?.running.subscription.unsubscribe();
  }

  /**
   * Sends your own message, in order with those of the stream with the same key; resolves when it is acknowledged.
   * Rejects with BrokerUnavailable if the streamer is closed first, or with MessageTooLarge.
   * @param message - bytes, text, or an object, which is sent as JSON, on Redis as one field for each of its members
   */
  async produceRequest(message: Buffer | string | Readonly<Record<string, unknown>>, topic: string, key = ''): Promise<Published> {
    const sent$ = of(directMessage(message, key)).pipe(publish(this.broker, { topic, key }));
    const refused = new BrokerUnavailable(`${this.broker.kind} at ${this.broker.address}: a message could not be sent`);
    return firstValueFrom(sent$, { defaultValue: undefined }).then((ack) => ack ?? Promise.reject(refused));
  }

  /** Figures of all streams together, and of each: pictures sent, bytes saved, durations. */
  getTransmissionStats(): TransmissionStats {
    const all = [...this.#streams].map(([key, { gate }]) => [key, gate.stats] as const);
    const byStream = Object.fromEntries(all.map(([key, stats]) => [key, report(stats)]));
    return { ...report(all.map(([, stats]) => stats)), byStream };
  }

  /** Resets the figures of all streams, but not the numbers of their messages. */
  resetTransmissionStats(): void {
    for (const { gate } of this.#streams.values()) gate.resetStats();
  }

  /** The durations of a stream's pictures; undefined for a key that never streamed. */
  getStreamTimingStats(key: string): StreamTimingStats | undefined {
    const stats = this.getCamera(key)?.stats;
    if (stats === undefined) return undefined;
    const { read, process, write, latency } = stats;
    return { read, process, write, latency };
  }

  /** Calls `brokers` or `url` now, if it is a function, and reconnects. Rejects with BrokerUnavailable if the function fails. */
  async refreshConnectionInfo(): Promise<void> {
    try {
      await this.#where?.askNow();
    } catch (error) {
      const { kind, address } = this.broker;
      throw new BrokerUnavailable(`${kind} at ${address}: ${redact(error instanceof Error ? error.message : String(error))}`);
    }
    this.broker.reconnect();
  }

  /** Stops all streams, sends the messages in the outbox, and closes the connection; resolves with a report of unsent messages. */
  close(options?: { deadlineMs?: number }): Promise<CloseReport> {
    this.stopStreaming();
    return this.broker.close(options);
  }

  /** `await using` closes the streamer at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(config: StartStreamConfig): Stream {
    const start = parseOptions('startStream', START_SCHEMA, config);
    const { gate, address } = this.#cameraFor(start);
    const { key } = gate;
    const topic = start.topic ?? this.#topics.get(key);
    if (topic === undefined) throw new InvalidOption(`startStream: option 'topic': undefined given, expected one, or registerStreamTopic('${key}', …) before`);
    if (this.#streams.get(key)?.running.subscription.closed === false) {
      throw new InvalidOption(`startStream: option 'streamKey': '${key}' given, expected a key that is not streaming already`);
    }
    const sent$ = published$({ gate, broker: this.broker, topic, streamer: this.#options, start });
    this.#topics.set(key, topic);
    const stream = { address, gate, running: runInBackground(sent$) };
    this.#streams.set(key, stream);
    return stream;
  }

  /** The camera of a key; a new one if its source or options have changed. */
  #cameraFor({ input, streamKey, simulateVideoFileStream, camera: more }: StartOptions): { gate: Camera; address: string } {
    const { logger } = this.#options;
    const made = camera(input, { ...more, key: streamKey, logger, ...(simulateVideoFileStream && { pace: 'realtime' as const, loop: true }) });
    const address = JSON.stringify([input, simulateVideoFileStream, more]);
    const known = this.#streams.get(made.key);
    return { gate: known?.address === address ? known.gate : made, address };
  }
}
