/** The interface of a broker driver: write one batch. The sender handles queues, retries and order. */
import type { Observable } from 'rxjs';
import type { RxcamError } from '../core/errors/errors.js';
import type { CameraMessage } from '../core/frame/frame.js';
import type { Coordination, FleetPlace } from '../core/engine/coordination.js';
import type { ReadRequest, Reader } from './reader.js';

/** A message to write. */
export interface Outgoing {
  /** Destination: topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key in the topic: its messages keep their order. */
  readonly key: string;
  /** The message, with its value. */
  readonly message: CameraMessage;
  /** Headers of the message, with those that are added when it is sent. Each access creates a copy; `eachHeader` does not. */
  readonly headers: Readonly<Record<string, string>>;
  /** `inputOrder` of the message sent before this one to the same topic and key, for the header `previousOrderHeader`; 0 if there is none. */
  readonly previousOrder?: number;
  /** Epoch of the fence, for the header `epochHeader`. */
  readonly epoch?: number | undefined;
  /** The fence's facts about the former owner, on the first message of an owner, for the header `handoverHeader`. */
  readonly handover?: string | undefined;
}

/** Calls `write` with each header of a message; those that are added when it is sent come last. */
export function eachHeader({ message, previousOrder, epoch, handover }: Outgoing, write: (name: string, value: string) => void): void {
  const { headers, previousOrderHeader, epochHeader, handoverHeader } = message;
  for (const name in headers) if (name !== previousOrderHeader) write(name, headers[name] as string);
  if (previousOrderHeader !== undefined) write(previousOrderHeader, String(previousOrder ?? 0));
  if (epochHeader !== undefined && epoch !== undefined) write(epochHeader, String(epoch));
  if (handoverHeader !== undefined && handover !== undefined) write(handoverHeader, handover);
}

/** Encodes headers for a broker's protocol. It keeps the last text of each name, because most headers have the same value in every message. */
export class HeaderTextCache {
  readonly #last = new Map<string, { value: string; text: string }>();

  /** @param encode - returns the text of a name and value */
  constructor(readonly encode: (name: string, value: string) => string) {}

  of(name: string, value: string): string {
    const last = this.#last.get(name);
    if (last?.value === value) return last.text;
    const text = this.encode(name, value);
    if (text.length > MAX_CACHED_CHARACTERS) return text;
    if (last !== undefined) {
      last.value = value;
      last.text = text;
    } else if (this.#last.size < MAX_CACHED_NAMES) {
      this.#last.set(name, { value, text });
    }
    return text;
  }
}

/** Users choose the names of headers, so the number of names is limited. */
const MAX_CACHED_NAMES = 128;
const MAX_CACHED_CHARACTERS = 512;

/** A message that was written, and its position. */
export interface Written {
  readonly ok: true;
  /** Kafka: number of the partition. */
  readonly partition?: number;
  /** Position in the partition or topic, as a decimal string. */
  readonly offset?: string;
  /** Redis: id of the entry. */
  readonly streamId?: string;
}

/** A message that was not written, although the request was answered. */
export interface NotWritten {
  readonly ok: false;
  readonly error: RxcamError;
  /** Set if the broker accepts no message of this size: the message is dropped. Set it only if this message is known to be the reason. */
  readonly tooLarge?: boolean;
  /**
   * Set if the message was refused together with others, and the broker does not report which of them is the reason. `size`: they
   * are sent again in smaller requests until one is alone; `apart`: each topic and key is sent again in a separate request.
   */
  readonly split?: 'size' | 'apart';
}

/** Not a failure: the message's server has just become known, or is not ready yet. It is sent again without a report. */
export interface SendAgain {
  readonly ok: false;
  readonly again: true;
  /** Wait before it is sent again, in ms. Default 0. */
  readonly afterMs?: number;
}

/** The outcome of one message of a batch. */
export type SendOutcome = Written | NotWritten | SendAgain;

/** A broker driver. It keeps no state of a message and returns no Promise. */
export interface Driver {
  /** `kafka`, `redis`, `memory` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** `host:port`, several with commas; absent if there is none, or while it is unknown. */
  readonly servers?: string | undefined;
  /**
   * Called for each `publish`, before messages arrive: the driver may load its client while the cameras start. Not called
   * for a broker that is only read.
   */
  expectWrites?(): void;
  /**
   * Writes a batch in one request, and emits one array with an outcome for each message, in order. Within one topic
   * and key, no message after one that is not written may be written. Errors if the whole request failed, even if part
   * of it may have been written. Unsubscribing abandons the request.
   */
  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]>;
  /**
   * Name of the server that accepts messages of this topic and key, while it is known. A request holds messages for one
   * server, so that a server that fails or is slow delays no other. Absent if there is only one server.
   */
  serverOf?(topic: string, key: string): string | undefined;
  /** Monotonic time in ms from which a server accepts requests: its quota may require a pause. 0 if it requires none. */
  readyAt?(server: string | undefined): number;
  /** Warnings about missing rights that do not prevent writing. */
  readonly warnings$?: Observable<RxcamError>;
  /** Called when no more messages are expected for this topic: the driver may remove its state. */
  forget?(topic: string): void;
  /** Why a message can never be written, if that is known without a request to the broker. */
  refuses?(message: CameraMessage): RxcamError | undefined;
  /** The rule that a topic's name breaks, as `expected …`; undefined for a valid name. */
  topicProblem?(topic: string): string | undefined;
  /** Creates a missing topic, with a consumer group if the broker has them; completes when it exists. */
  prepare?(topic: string, consumerGroup: string | undefined): Observable<never>;
  /**
   * Creates the reader of one subscription; it connects when it is read. Absent if this kind of broker can't be read.
   * @throws InvalidOption for options that this kind does not accept
   */
  reader?(request: ReadRequest): Reader;
  /** Coordinates a fleet of workers. Absent if this kind of broker can't do that. */
  coordination?(place: FleetPlace): Coordination;
  /**
   * Replaces the connection before the next request, and looks up the brokers' addresses again.
   * With the name of a server: only the connection to that one.
   */
  reset(server?: string): void;
  /** Completes when the connection is gone; never errors. */
  close(): Observable<never>;
}
