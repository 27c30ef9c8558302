/** subscribe: reads the messages of a topic. */
import { z } from 'zod';
import { type Broker, type From, type Partitions, Reception, type To, handleOf } from '../src/broker/index.js';
import { SUBSCRIBE } from '../src/core/defaults/reading.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { byteCount, count, options as object, parseOptions } from '../src/core/options.js';

/** Options of `subscribe`. */
export interface SubscribeConfig {
  /** Topic on Kafka, stream on Redis. One that is not there is waited for. */
  readonly topic: string;
  /** Messages with this key alone. Default: all. */
  readonly key?: string;
  /**
   * Where to begin: `'latest'` with the next message, `'earliest'` with the oldest, a Date or a time in ms since 1970,
   * `{ offset }` of one partition, the id of a Redis entry, or `{ last: n }` with the last n messages. Default `'latest'`.
   */
  readonly from?: From;
  /** Where to end, that message included: `'latest'` with what is there now, a Date or time, `{ offset }`, or an id. Default: never. */
  readonly to?: To;
  /** Bounds of what was read and is not handed out. */
  readonly inbox?: {
    /** Default 1000. */
    readonly maxMessages?: number;
    /** Default 16 MiB; a larger message comes all the same. */
    readonly maxBytes?: number;
  };
  /**
   * `'auto'`: a message is taken when it was handed out, or when `deliver` has finished with it. `'manual'`: when its `taken()`
   * was called; no more than `inbox` has room for is out at once. Default `'auto'`.
   */
  readonly acknowledge?: 'auto' | 'manual';
  /**
   * Shares the topic with all others that name the same group: each message goes to one of them, and the broker keeps the place,
   * behind what was taken. With `from` `'latest'` or `'earliest'`, where a new group begins; without `key`, `to` and `partitions`.
   */
  readonly group?: string;
  /** Kafka: `'key'`, the partition where `publish` puts the key; `'all'`; or a list. Default `'key'`. */
  readonly partitions?: Partitions;
}

const offset = object({ offset: z.union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/)]) });
const time = z.union([z.date(), z.number().min(0)]);
const FROM = "expected 'latest', 'earliest', a Date or time in ms, { offset }, an entry's id or { last: n }";
const TO = "expected 'latest', a Date or time in ms, { offset } or an entry's id";

const SCHEMA = object({
  topic: z.string().min(1),
  key: z.string().optional(),
  from: z.union([time, z.string().min(1), offset, object({ last: count() })], { error: FROM }).default(SUBSCRIBE.from),
  to: z.union([time, z.string().min(1), offset], { error: TO }).optional(),
  inbox: object({ maxMessages: count().default(SUBSCRIBE.maxMessages), maxBytes: byteCount().default(SUBSCRIBE.maxBytes) }).prefault({}),
  group: z.string().min(1).optional(),
  acknowledge: z.enum(['auto', 'manual']).default(SUBSCRIBE.acknowledge),
  partitions: z.union([z.enum(['key', 'all']), z.array(z.number().int().min(0)).min(1)], { error: "expected 'key', 'all' or [0, …]" }).optional(),
});

/**
 * Reads the messages of a topic, in the order of each partition.
 *
 * ```text
 * topic            a-b-c-----d-e-|
 * subscribe(…)         c-----d-e-|     from: 'latest', the default
 * from: 'earliest'     (abc)-d-e-|
 * … to: 'latest'       (abc|)
 * ```
 *
 * Each subscription reads by itself, on connections of its own, without a consumer group unless `group` names one: it leaves nothing
 * on the broker. A
 * broker that is down is no error here: the reading waits as the broker's options say, connects again, for ever, and continues
 * behind the last message; `errors$` and `stats` of the returned Observable report it. Reading pauses while the inbox is full.
 *
 * - Error: InvalidOption for what only the broker knows, such as an offset for a topic of several partitions.
 * - Completion: behind the last message of the reading (`to`), or when the broker handle is closed.
 * - Unsubscription: ends the connections at once.
 *
 * @example
 * subscribe(memory(), { topic: 'video', key: 'camera_1', from: { last: 10 } }).subscribe(({ seq, data }) => { console.log(seq, data.length); });
 *
 * @throws InvalidOption for a wrong option, or a broker that is closed or can't be read
 */
export function subscribe(broker: Broker, config: SubscribeConfig): Reception {
  const handle = handleOf('subscribe', broker);
  const { topic, key, from, to, inbox, group, acknowledge, partitions } = parseOptions('subscribe', SCHEMA, config);
  const problem = handle.driver().topicProblem?.(topic);
  if (problem !== undefined) throw new InvalidOption(`subscribe: option 'topic': ${JSON.stringify(topic)} given, ${problem}`);
  const open = () => {
    const places = { from: from as From, to: to as To | undefined };
    const reader = handleOf('subscribe', handle).driver().reader?.({ topic, key, ...places, partitions, group });
    if (reader === undefined) throw new InvalidOption(`subscribe: option 'broker': ${handle.kind} given, expected one that can be read`);
    return reader;
  };
  // What this kind of broker does not take is known before anything is subscribed.
  open();
  return new Reception(handle.state$, open, { ...inbox, isManual: acknowledge === 'manual' });
}
