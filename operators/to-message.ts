/** toMessage: wraps an access unit, or a chunk, in the message that goes to the broker. */
import { randomUUID } from 'node:crypto';
import { Observable, type OperatorFunction, defer } from 'rxjs';
import { z } from 'zod';
import { ACCOUNTS, type Account, handOver, passedOn, take } from '../src/account.js';
import type { CameraMessage, EncodedFrame } from '../src/frame.js';
import { FORMATS, type FormatName, type MessageContext, type MessageFormatter } from '../src/message/index.js';
import { options as object, parseOptions } from '../src/options.js';

export type { MessageFormatter } from '../src/message/index.js';

/** Options of `toMessage`. */
export interface ToMessageConfig {
  /** Layout of the message. Default `cloudevents`. */
  readonly format?: FormatName;
  /** Where the camera stands. */
  readonly location?: string;
  /** A group that the camera belongs to. */
  readonly group?: string;
  /** The camera's name for people. */
  readonly name?: string;
  /** Key of the message. Default: the camera's key. */
  readonly key?: string;
  /** More headers; none of the format's own names. */
  readonly headers?: Readonly<Record<string, string>>;
}

const RESERVED = /^(ce_|content-type$)/i;

const SCHEMA = object({
  format: z.enum(Object.keys(FORMATS) as [FormatName, ...FormatName[]]).default('cloudevents'),
  location: z.string().optional(),
  group: z.string().optional(),
  name: z.string().optional(),
  key: z.string().optional(),
  headers: z.record(z.string(), z.string())
    .refine((headers) => !Object.keys(headers).some((name) => RESERVED.test(name)), "expected names other than 'content-type' and 'ce_…'")
    .optional(),
});

/**
 * Makes the message of each encoded frame, in a named format or by a function of your own.
 *
 * ```text
 * encoded frames   -a-b-c-|
 * toMessage()      -A-B-C-|
 * ```
 *
 * Messages of a camera are numbered 1, 2, 3 … in `inputOrder`, over reconnects and resets of the statistics; frames
 * that come from no camera are numbered by each subscription. The bytes are not copied.
 *
 * - Error: the source's passes; what the function throws ends the stream with just that.
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
  const { format, headers, ...about } = typeof config === 'function'
    ? { format: config, headers: undefined }
    : parseOptions('toMessage', SCHEMA, config);
  const formatter = typeof format === 'function' ? format : FORMATS[format];
  const facts = definedOnly(about);
  return (source) => defer(() => {
    let ownOrder = 0;
    return source.pipe(mapHeld((frame) => {
      const inputOrder = frame[ACCOUNTS]?.[0]?.owner.nextInputOrder() ?? ++ownOrder;
      const { camera, run } = frame;
      return messageOf(frame, formatter, { key: camera, ...facts, camera, run, inputOrder, processRun: processRun() }, headers);
    }));
  });
}

/** `map` that keeps the account of each frame: it is in rxcam's hands until the message is passed on. */
function mapHeld(project: (frame: EncodedFrame) => CameraMessage): OperatorFunction<EncodedFrame, CameraMessage> {
  const seen = new WeakSet<Account>();
  return (source) => new Observable((subscriber) => source.subscribe({
    next: (frame) => {
      const ticket = take(frame, 'handover', seen);
      let message: CameraMessage;
      try {
        message = project(passedOn(frame, ticket));
      } catch (error) {
        ticket.drop('stopped');
        subscriber.error(error);
        return;
      }
      handOver(ticket, () => { subscriber.next(message); });
    },
    error: (error: unknown) => { subscriber.error(error); },
    complete: () => { subscriber.complete(); },
  }));
}

function messageOf(
  frame: EncodedFrame, formatter: MessageFormatter, context: MessageContext, more: Readonly<Record<string, string>> = {},
): CameraMessage {
  const { id, key = context.key, value, headers = {}, fields, previousOrderHeader } = formatter(frame, context);
  const { camera, run, seq, pts, capturedAt, width, height, source, mode, keyframe, frames, lastSeq } = frame;
  const accounts = frame[ACCOUNTS];
  return {
    camera, run, seq, pts, capturedAt, width, height, mode, keyframe, frames, lastSeq,
    ...(source && { source }),
    ...(accounts && { [ACCOUNTS]: accounts }),
    id: id ?? `${camera}/${context.processRun}/${context.inputOrder}`,
    key, inputOrder: context.inputOrder,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: { ...headers, ...more },
    ...(fields && { fields }),
    ...(previousOrderHeader !== undefined && { previousOrderHeader }),
  };
}

let ofProcess: string | undefined;

function processRun(): string {
  return ofProcess ??= randomUUID();
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
