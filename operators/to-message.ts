/** toMessage: wraps an access unit, or a chunk, in a message for the broker. */
import { Observable, type OperatorFunction, defer } from 'rxjs';
import { ownerOf, passOn, passedOn, take } from '../src/ledger/index.js';
import { Capture, planOf } from '../src/camera/index.js';
import { FRAME_RECORDS } from '../src/core/frame/accounted.js';
import type { LastTimes } from '../src/core/frame/last-times.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { CameraMessage, EncodedFrame } from '../src/core/frame/frame.js';
import { FORMATS, type FormatName, type MessageContext, type MessageFormatter, ONLY_IN, TO_MESSAGE_SCHEMA } from '../src/message/index.js';
import { Numbering } from '../src/core/frame/numbering.js';
import { definedOnly, parseOptions } from '../src/core/options.js';
import { withReferences } from '../src/core/plan/plan.js';

export type { MessageFormatter } from '../src/message/index.js';

/** Options of `toMessage`. */
export type ToMessageConfig = CloudEventsConfig | MatriceConfig;

/** All options of `toMessage`. */
interface MessageOptions {
  /** Layout of the message. Default `cloudevents`. */
  readonly format?: FormatName;
  /** Location of the camera. Default: none. */
  readonly location?: string;
  /** A group that the camera belongs to. Default: none. */
  readonly group?: string;
  /** Display name of the camera. Default: none. */
  readonly name?: string;
  /** Key of the message. Default: the camera's key. */
  readonly key?: string;
  /** `matrice`: the service that the messages are for (`ip_key_name`). Default `rxcam`. */
  readonly serviceId?: string;
  /** `matrice`: leaves the content out, for consumers that fetch it elsewhere, and keeps its hash. Default false. */
  readonly stripInputContent?: boolean;
  /**
   * For a picture that `skipUnchanged` finds unchanged: `skip` (default) sends nothing, `reference` sends a message without
   * content that names the last full message. `reference` requires that toMessage comes directly after the encoder or its retry.
   */
  readonly unchanged?: 'skip' | 'reference';
  /** `cloudevents`: further headers, with names that the format does not use. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `cloudevents`, the default: it has no options of `matrice`. */
interface CloudEventsConfig extends Omit<MessageOptions, 'format' | 'serviceId' | 'stripInputContent'> {
  readonly format?: 'cloudevents';
  readonly serviceId?: undefined;
  readonly stripInputContent?: undefined;
}

/** `matrice`: it has no headers. */
interface MatriceConfig extends Omit<MessageOptions, 'headers'> {
  readonly format: 'matrice';
  readonly headers?: undefined;
}

/**
 * Wraps each encoded frame in a message, in a named format or by your own function.
 *
 * ```text
 * encoded frames   -a-b-c-|
 * toMessage()      -A-B-C-|
 * ```
 *
 * Messages of a camera are numbered 1, 2, 3 … in `inputOrder`, over reconnects and resets of the statistics; frames
 * that come from no camera are numbered by each subscription. The bytes are not copied.
 *
 * - Error: the source's passes; an error thrown by the function ends the stream unchanged.
 * - Completion: with the source. Unsubscription: unsubscribes from the source.
 *
 * @example
 * const messages$ = camera('test:').pipe(encodeH265(), toMessage({ location: 'Warehouse A' }));
 * @example
 * toMessage((frame, { key }) => ({ key, value: frame.data, headers: { seq: String(frame.seq) } }));
 *
 * @throws InvalidOption
 */
export function toMessage(config: ToMessageConfig | MessageFormatter = {}): OperatorFunction<EncodedFrame, CameraMessage> {
  const { format, headers, unchanged, ...about } = typeof config === 'function'
    ? { format: config, headers: undefined, unchanged: 'skip' }
    : checked(parseOptions('toMessage', TO_MESSAGE_SCHEMA, config));
  const formatter = typeof format === 'function' ? format : FORMATS[format];
  const facts = definedOnly(about);
  const addedHeaders = Object.entries(headers ?? {});
  const messages = (source: Observable<EncodedFrame>) => defer(() => {
    const ownNumbering = new Numbering();
    let fullOrder: number | undefined;
    return source.pipe(mapWithRecords((frame) => {
      const owner = ownerOf(frame);
      const numbering = owner?.numbering ?? ownNumbering;
      const inputOrder = numbering.next();
      if (frame.unchanged === undefined) fullOrder = inputOrder;
      const context = contextOf(frame, facts, numbering.processRun, inputOrder, owner?.lastTimes());
      if (frame.unchanged !== undefined && fullOrder !== undefined) context.referenceOrder = fullOrder;
      return messageOf(frame, formatter, context, addedHeaders);
    }));
  });
  return (source) => messages(unchanged === 'reference' ? withReferencesIn(source) : source);
}

/** The same frames, with a reference to the last full one in place of each unchanged picture. */
function withReferencesIn(source: Observable<EncodedFrame>): Observable<EncodedFrame> {
  const plan = planOf(source);
  if (plan === undefined) {
    throw new InvalidOption("toMessage: option 'unchanged': 'reference' given after your own operator; allowed only directly after the encoder, or its retry");
  }
  return new Capture<EncodedFrame>(withReferences(plan));
}

/** @throws InvalidOption for an option of another format */
function checked<T extends { format: FormatName }>(given: T): T {
  for (const [name, format] of Object.entries(ONLY_IN)) {
    if (given[name as keyof T] !== undefined && given.format !== format) {
      throw new InvalidOption(`toMessage: option '${name}': given for the format '${given.format}', expected only with '${format}'`);
    }
  }
  return given;
}

/** Like `map`, but keeps the record of each frame in the ledger: rxcam holds the frame until the message is emitted. */
function mapWithRecords(project: (frame: EncodedFrame) => CameraMessage): OperatorFunction<EncodedFrame, CameraMessage> {
  return (source) => new Observable((subscriber) => source.subscribe({
    next: (frame) => {
      const tracker = take(frame, 'handover', subscriber);
      // The observer of an event about that has unsubscribed: no number is used.
      if (subscriber.closed) { tracker.drop('stopped'); return; }
      let message: CameraMessage;
      try {
        message = project(passedOn(frame, tracker));
      } catch (error) {
        tracker.drop('stopped');
        subscriber.error(error);
        return;
      }
      passOn(message, tracker, subscriber);
    },
    error: (error: unknown) => { subscriber.error(error); },
    complete: () => { subscriber.complete(); },
  }));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function contextOf(
  { camera, run }: EncodedFrame, facts: Partial<MessageContext>, processRun: string, inputOrder: number, lastTimes: LastTimes | undefined,
): Mutable<MessageContext> {
  const { location, group, name, serviceId, stripInputContent } = facts;
  const context: Mutable<MessageContext> = { key: facts.key ?? camera, camera, run, inputOrder, processRun };
  if (location !== undefined) context.location = location;
  if (group !== undefined) context.group = group;
  if (name !== undefined) context.name = name;
  if (serviceId !== undefined) context.serviceId = serviceId;
  if (stripInputContent !== undefined) context.stripInputContent = stripInputContent;
  if (lastTimes !== undefined) context.lastTimes = lastTimes;
  return context;
}

function messageOf(
  frame: EncodedFrame, formatter: MessageFormatter, context: MessageContext, addedHeaders: readonly (readonly [name: string, value: string])[],
): CameraMessage {
  const { id, key, value, headers = {}, fields, previousOrderHeader, epochHeader, handoverHeader, complete } = formatter(frame, context);
  const { camera, run, seq, pts, capturedAt, width, height, source, mode, keyframe, frames, lastSeq } = frame;
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  // Only formats that create their headers for each message accept more.
  for (const [header, text] of addedHeaders) addHeader(headers, header, text);
  // Members are added one by one: this runs for every message, and a spread takes 2 to 3 µs.
  const message: Mutable<CameraMessage> = {
    camera, run, seq, pts, capturedAt, width, height, mode, keyframe, frames, lastSeq,
    id: id ?? `${camera}/${context.processRun}/${context.inputOrder}`,
    key: key ?? context.key, inputOrder: context.inputOrder,
    value: bytes,
    headers,
  };
  const records = frame[FRAME_RECORDS];
  if (records !== undefined) message[FRAME_RECORDS] = records;
  if (source !== undefined) message.source = source;
  if (previousOrderHeader !== undefined) message.previousOrderHeader = previousOrderHeader;
  if (epochHeader !== undefined) message.epochHeader = epochHeader;
  if (handoverHeader !== undefined) message.handoverHeader = handoverHeader;
  if (context.referenceOrder !== undefined) message.referenceOrder = context.referenceOrder;
  if (fields !== undefined) message.fields = fields;
  if (complete !== undefined) message.completion = { of: bytes, complete };
  return message;
}

/** An assignment would lose the name `__proto__`. */
function addHeader(headers: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  else headers[name] = value;
}
