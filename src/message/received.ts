/** A message from a broker, whose facts are parsed on access. */
import { FRAME_RECORDS, type RecordRef, type Accounted } from '../core/frame/accounted.js';
import type { Codec, EncodeMode } from '../core/frame/frame.js';
import type { PictureFacts } from '../core/frame/picture-facts.js';
import type { Facts } from './facts.js';
import type { MessageHeaders } from './headers.js';
import { factsOf, peekCapturedAt } from './readers.js';

/** The position of a message, and its bytes. */
export interface ReceivedParts {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key of the message, if it has one. */
  readonly key: string | undefined;
  /** The bytes of the message. */
  readonly value: Buffer;
  /** Headers by name. */
  readonly headers: MessageHeaders;
  /** The broker's time of the message, in ms since 1970. */
  readonly timestamp: number;
  /** Kafka: number of the partition. */
  readonly partition?: number | undefined;
  /** Position in the partition or topic, as a decimal string. */
  readonly offset?: string | undefined;
  /** Redis: id of the entry. */
  readonly streamId?: string | undefined;
  /** Number of messages before this one, of any key, that the broker removed before they could be read. */
  readonly expired?: number | undefined;
}

/** The record of a message, which receives its acknowledgement. */
export interface MessageRecord extends RecordRef {
  /** Called when the message is acknowledged. */
  release(): void;
}

/**
 * A message that `subscribe` has received. Its position and bytes are own properties. The facts about its picture are getters,
 * which `{ ...message }` does not copy; they are undefined if the message does not state them.
 */
export class Received implements Accounted {
  declare [FRAME_RECORDS]?: readonly MessageRecord[];
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key on Kafka, field `ce_key` or `_message_key` on Redis. */
  readonly key: string | undefined;
  /** Bytes of the message. */
  readonly value: Buffer;
  /** Kafka: number of the partition. */
  readonly partition: number | undefined;
  /** Kafka: offset, as a decimal string. The embedded broker: number of the message in its topic. */
  readonly offset: string | undefined;
  /** Redis: the entry's id. */
  readonly streamId: string | undefined;
  /** The broker's time of the message, in ms since 1970. */
  readonly timestamp: number;
  /** Number of messages before this one, of any key, that the broker removed before they could be read. */
  readonly expired: number | undefined;
  readonly #headers: MessageHeaders;
  #all: Readonly<Record<string, string>> | undefined;
  #facts: Facts | undefined;

  /** @param known - the same message, whose facts may have been read already */
  constructor(parts: ReceivedParts, known?: Received) {
    const { topic, key, value, partition, offset, streamId, timestamp, expired, headers } = parts;
    this.topic = topic;
    this.key = key;
    this.value = value;
    this.partition = partition;
    this.offset = offset;
    this.streamId = streamId;
    this.timestamp = timestamp;
    this.expired = expired;
    this.#headers = headers;
    if (known !== undefined) this.#facts = known.#facts;
  }

  /** The parts of a message, for a subclass that adds to them. */
  protected static partsOf(received: Received): ReceivedParts {
    const { topic, key, value, partition, offset, streamId, timestamp, expired } = received;
    return { topic, key, value, partition, offset, streamId, timestamp, expired, headers: received.#headers };
  }

  /** One header; on Redis one field. */
  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  /** All headers, decoded on access; on Redis all fields except the bytes. */
  get headers(): Readonly<Record<string, string>> {
    return this.#all ??= this.#headers.all();
  }

  /** The facts of the message, from the reader of its format. */
  get facts(): Facts {
    return this.#facts ??= factsOf(this.value, this.#headers);
  }

  /** `cloudevents` or `matrice`; undefined for any other. */
  get format(): Facts['format'] { return this.facts.format; }
  /** Key of the camera; the message's key if the format does not state it. */
  get camera(): string { return this.facts.camera ?? this.key ?? ''; }
  /** Unique for each message; a repeated message has the same id. */
  get id(): string | undefined { return this.facts.id; }
  /** 1, 2, 3 … for each camera. */
  get inputOrder(): number | undefined { return this.facts.inputOrder; }
  /** Epoch of its sender, if several machines may run the camera: the one with the highest epoch has the right to publish. */
  get epoch(): number | undefined { return this.facts.epoch; }
  /** Number of the picture in its run, from 1; the first one of a chunk. */
  get seq(): number | undefined { return this.facts.seq; }
  /** Number of pictures in the message. */
  get frames(): number | undefined { return this.facts.frames; }
  /** For a chunk: its pictures, in the order of their access units. */
  get pictures(): readonly PictureFacts[] | undefined { return this.facts.pictures; }
  /** Media time in µs. */
  get pts(): number | undefined { return this.facts.pts; }
  /** Wall clock when the picture was decoded, in ms since 1970. */
  get capturedAt(): number | undefined { return this.facts.capturedAt; }
  /** Width in pixels. */
  get width(): number | undefined { return this.facts.width; }
  /** Height in pixels. */
  get height(): number | undefined { return this.facts.height; }
  /** Whether decoding can start here. */
  get keyframe(): boolean | undefined { return this.facts.keyframe; }
  /** Format of `data`. */
  get codec(): Codec | undefined { return this.facts.codec; }
  /** Whether every access unit decodes alone (`frame`) or depends on others (`stream`). */
  get mode(): EncodeMode | undefined { return this.facts.mode; }
  /** Degrees clockwise to turn the decoded picture. */
  get rotation(): number | undefined { return this.facts.rotation; }
  /** Number of pictures at its beginning that `decode` does not show; others need them. */
  get hidden(): number | undefined { return this.facts.hidden; }
  /** Wall clock of the keyframe that it depends on, in ms since 1970. */
  get keyframeAt(): number | undefined { return this.facts.keyframeAt; }
  /** inputOrder of the last full message, on one that only refers to it. */
  get referenceOrder(): number | undefined { return this.facts.referenceOrder; }
  /** The picture's bytes: an access unit, a chunk, or a JPEG picture. */
  get data(): Buffer { return this.facts.data; }

  /** `capturedAt`, without parsing the message, even if it is a JSON document; for statistics. */
  peekCapturedAt(): number | undefined {
    return peekCapturedAt(this.value, this.#headers);
  }

  /** The same message, with the number of messages before it that the broker removed before they could be read. */
  after(expired: number): Received {
    return new Received({ ...Received.partsOf(this), expired }, this);
  }

  /** For `acknowledge: 'manual'`: acknowledges the message, so that another one can be read. */
  acknowledge(): void {
    this[FRAME_RECORDS]?.[0]?.release();
  }
}
