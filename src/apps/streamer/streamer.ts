/** CameraStreamer: streams many cameras to one broker, with the interface of the system that defines `matrice`. */
import { firstValueFrom, of } from 'rxjs';
import { publish } from '../../../operators/index.js';
import { type Broker, type CloseReport, type KafkaConfig, kafka, redis } from '../../broker/index.js';
import { type Camera, camera as createCamera } from '../../camera/index.js';
import { BrokerUnavailable, InvalidOption } from '../../core/errors/errors.js';
import type { Published } from '../../core/frame/frame.js';
import { type Report, type Timing, report } from '../../ledger/index.js';
import { parseOptions } from '../../core/options.js';
import { redact } from '../../core/redact/redact.js';
import { type CameraStreamerConfig, START_SCHEMA, STREAMER_SCHEMA, type StartOptions, type StartStreamConfig, type StreamerOptions } from './options.js';
import { type RunningStream, CachedResult, directMessage, runInBackground } from './parts.js';
import { streamPipeline } from './pipeline.js';

export type { CameraStreamerConfig, StartStreamConfig } from './options.js';

/** Result of {@link CameraStreamer.getTransmissionStats}. */
export interface TransmissionStats extends Report {
  /** The report of each stream, by key, including stopped ones. */
  readonly byStream: Readonly<Record<string, Report>>;
}

/** Durations of a stream, in ms; `last` is the one of the last picture or message. */
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

/** A stream, kept after its end so that the numbers of its messages continue if it is started again. `definition`: its source and options. */
interface Stream { readonly definition: string; readonly camera: Camera; readonly running: RunningStream }

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
  /** Looks up the broker's address, if the user gave a function for it. */
  readonly #addressLookup: CachedResult | undefined;

  /** Connects on first use. @throws InvalidOption */
  constructor(config: CameraStreamerConfig) {
    const options = parseOptions('CameraStreamer', STREAMER_SCHEMA, config);
    this.#options = options;
    const { connectionRefreshThreshold: refreshAfterFailures, connectionRefreshIntervalMs } = options;
    const addressName = options.serverType === 'kafka' ? 'brokers' : 'url';
    const addressOption = (options.connection as Record<string, unknown>)[addressName];
    if (typeof addressOption === 'function') this.#addressLookup = new CachedResult(addressOption as () => unknown, connectionRefreshIntervalMs);
    const given = { refreshAfterFailures, ...options.connection, ...(this.#addressLookup && { [addressName]: this.#addressLookup.get }) };
    this.broker = options.serverType === 'kafka' ? kafka(given as KafkaConfig) : redis(given);
    // Throws for wrong options of the operators here, and not with the first stream.
    void streamPipeline({ camera: createCamera('test:'), broker: this.broker, topic: 'topic', streamer: options, start: START_SCHEMA.parse({ input: 'test:' }) });
  }

  /** Sets the topic of a stream's messages, before or after its start; a running stream keeps its topic. */
  registerStreamTopic(key: string, topic: string): void {
    this.#topics.set(key, topic);
  }

  /** The topic of a stream's messages. */
  getTopicForStream(key: string): string | undefined {
    return this.#topics.get(key);
  }

  /**
   * Creates a topic if it is missing, on Redis also its consumer group `{topic}_group`. Rejects with BrokerUnavailable if the broker can't
   * be reached.
   */
  setupStreamForTopic(topic: string): Promise<void> {
    return this.broker.prepare(topic, { consumerGroup: `${topic}_group` });
  }

  /**
   * Starts a stream; resolves when it has ended or was stopped. Failures of the camera or the broker do not end it.
   * Rejects with InvalidOption for invalid options, a key without a topic, or a key that is already streaming.
   */
  async startStream(config: StartStreamConfig): Promise<void> {
    await this.#start(config).running.ended;
  }

  /**
   * Starts a stream and returns its key at once; its progress is in the events of `getCamera(key)`.
   * @throws InvalidOption as `startStream` rejects with it
   */
  startBackgroundStream(config: StartStreamConfig): string {
    const { camera, running: { ended } } = this.#start(config);
    // Only startStream reports a failure.
    ended.catch(() => undefined);
    return camera.key;
  }

  /** The camera of a stream, for its events and statistics. */
  getCamera(key: string): Camera | undefined {
    return this.#streams.get(key)?.camera;
  }

  /** Stops one stream, or all, including those that wait to reconnect. Messages in the outbox are still sent. */
  stopStreaming(key?: string): void {
    const stopped = key === undefined ? [...this.#streams.values()] : [this.#streams.get(key)];
    for (const stream of stopped) stream?.running.subscription.unsubscribe();
  }

  /**
   * Sends your own message, in order with those of the stream with the same key; resolves when it is acknowledged.
   * Rejects with BrokerUnavailable if the streamer is closed first, and with MessageTooLarge for a message that the broker does not accept.
   * @param message - bytes, text, or an object, which is sent as JSON, or on Redis as one field for each of its members
   */
  async produceRequest(message: Buffer | string | Readonly<Record<string, unknown>>, topic: string, key = ''): Promise<Published> {
    const sent$ = of(directMessage(message, key)).pipe(publish(this.broker, { topic, key }));
    const notSent = new BrokerUnavailable(`${this.broker.kind} at ${this.broker.address}: a message could not be sent`);
    return firstValueFrom(sent$, { defaultValue: undefined }).then((ack) => ack ?? Promise.reject(notSent));
  }

  /** The report of all streams together, and that of each: pictures sent, bytes saved, durations. */
  getTransmissionStats(): TransmissionStats {
    const all = [...this.#streams].map(([key, { camera }]) => [key, camera.stats] as const);
    const byStream = Object.fromEntries(all.map(([key, stats]) => [key, report(stats)]));
    return { ...report(all.map(([, stats]) => stats)), byStream };
  }

  /** Resets the counts of all streams, but not the numbers of their messages. */
  resetTransmissionStats(): void {
    for (const { camera } of this.#streams.values()) camera.resetStats();
  }

  /** The durations of a stream's pictures; undefined for a key that has never streamed. */
  getStreamTimingStats(key: string): StreamTimingStats | undefined {
    const stats = this.getCamera(key)?.stats;
    if (stats === undefined) return undefined;
    const { read, process, write, latency } = stats;
    return { read, process, write, latency };
  }

  /** Reconnects; if `brokers` or `url` is a function, calls it before. Rejects with BrokerUnavailable if the function fails. */
  async refreshConnectionInfo(): Promise<void> {
    try {
      await this.#addressLookup?.refresh();
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
    const { camera, definition } = this.#cameraFor(start);
    const { key } = camera;
    const topic = start.topic ?? this.#topics.get(key);
    if (topic === undefined) throw new InvalidOption(`startStream: option 'topic': undefined given, expected one, or registerStreamTopic('${key}', …) before`);
    if (this.#streams.get(key)?.running.subscription.closed === false) {
      throw new InvalidOption(`startStream: option 'streamKey': '${key}' given, expected a key that is not streaming already`);
    }
    const sent$ = streamPipeline({ camera, broker: this.broker, topic, streamer: this.#options, start });
    this.#topics.set(key, topic);
    const stream = { definition, camera, running: runInBackground(sent$) };
    this.#streams.set(key, stream);
    return stream;
  }

  /** The camera of a key; a new one if its source or options have changed. */
  #cameraFor({ input, streamKey, simulateVideoFileStream, camera: options }: StartOptions): Pick<Stream, 'camera' | 'definition'> {
    const { logger } = this.#options;
    const likeCamera = simulateVideoFileStream && { pace: 'realtime' as const, loop: true };
    const created = createCamera(input, { ...options, key: streamKey, logger, ...likeCamera });
    const definition = JSON.stringify([input, simulateVideoFileStream, options]);
    const known = this.#streams.get(created.key);
    return { camera: known?.definition === definition ? known.camera : created, definition };
  }
}
