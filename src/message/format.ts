/** The interface of a wire format: a function from an encoded frame to the bytes and headers of a message. */
import type { CompletedMessage, Destination } from '../core/frame/destination.js';
import type { LastTimes } from '../core/frame/last-times.js';
import type { EncodedFrame } from '../core/frame/frame.js';

/** The context of a message: the second argument of a format. */
export interface MessageContext {
  /** Key of the camera. */
  readonly camera: string;
  /** Number of the run, from 1. */
  readonly run: number;
  /** 1, 2, 3 … for each camera, over reconnects. */
  readonly inputOrder: number;
  /** Random, and the same for all messages of one camera object: together with `inputOrder` it identifies a message. */
  readonly processRun: string;
  /** Key of the message; by default that of the camera. */
  readonly key: string;
  /** Location of the camera, as given to `toMessage`. */
  readonly location?: string;
  /** Group of the camera, as given to `toMessage`. */
  readonly group?: string;
  /** Display name of the camera. */
  readonly name?: string;
  /** For a frame that is `unchanged`: inputOrder of the last full message. */
  readonly referenceOrder?: number;
  /** `matrice`: the service that the messages are for. */
  readonly serviceId?: string;
  /** `matrice`: whether the picture's bytes are left out. */
  readonly stripInputContent?: boolean;
  /** Durations of the camera's last picture and last message; absent for frames that come from no camera. */
  readonly lastTimes?: LastTimes;
}

/** Result of a format. */
export interface FormattedMessage {
  /** Default: `camera/processRun/inputOrder`. */
  readonly id?: string;
  /** Default: the context's key. */
  readonly key?: string;
  /** A string is sent as UTF-8. */
  readonly value: Buffer | string;
  /** Headers on Kafka, fields on Redis. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of a Redis entry, in place of the headers and `data`. */
  readonly fields?: Readonly<Record<string, string | Buffer>>;
  /** Name of the header that receives the inputOrder of the message sent before this one to the same topic and key. */
  readonly previousOrderHeader?: string;
  /** Name of the header that receives the epoch of the fence, if `publish` has one. */
  readonly epochHeader?: string;
  /** Name of the header that receives, on the first message of an owner, the id of the former owner's last message, or `unknown`. */
  readonly handoverHeader?: string;
  /** Completes the message with facts that only `publish` knows. Called once, when the message enters the outbox. */
  readonly complete?: (to: Destination) => CompletedMessage;
}

/** A wire format; users can pass their own to `toMessage`. An error that it throws ends the stream. */
export type MessageFormatter = (frame: EncodedFrame, context: MessageContext) => FormattedMessage;
