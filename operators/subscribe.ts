/** subscribe: reads the messages of a topic. */
import { z } from 'zod';
import { type Broker, type From, type Partitions, Reception, type To, handleOf } from '../src/broker/index.js';
import { SUBSCRIBE } from '../src/core/defaults/reading.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { byteCount, count, options as object, parseOptions } from '../src/core/options.js';

/** Options of `subscribe`. */
export interface SubscribeConfig {
  /** Topic on Kafka, stream on Redis. If it does not exist, the reading waits for it. */
  readonly topic: string;
  /** Only messages with this key. Default: all. */
  readonly key?: string;
  /**
   * Where to begin: `'latest'`, with the next message; `'earliest'`, with the oldest; a Date or a time in ms since 1970;
   * `{ offset }` of one partition; the id of a Redis entry; or `{ last: n }`, with the last n messages. Default `'latest'`.
   */
  readonly from?: From;
  /** Where to end, inclusively: `'latest'`, with the last message at the start; a Date or time; `{ offset }`; or an id. Default: never. */
  readonly to?: To;
  /** Limits of messages that are read and not emitted yet. */
  readonly inbox?: {
    /** Number of messages. Default 1000. */
    readonly maxMessages?: number;
    /** Bytes. Default 16 MiB; a single larger message is read anyway. */
    readonly maxBytes?: number;
  };
  /**
   * `'auto'`: a message is acknowledged when it is emitted, or when `deliver`, `decode` or `record` has finished with it. `'manual'`:
   * when its `acknowledge()` is called; at most as many as `inbox` allows are unacknowledged at once. Default `'auto'`.
   */
  readonly acknowledge?: 'auto' | 'manual';
  /**
   * Consumer group, whose members share the topic: each message goes to one of them, and the broker keeps the position after the
   * acknowledged messages. A new group begins at `from`, which must be `'latest'` or `'earliest'`; `key`, `to` and `partitions` are not
   * allowed. Default: none.
   */
  readonly group?: string;
  /** Kafka: `'key'`, the partition to which `publish` writes the key, or all without a key; `'all'`; or a list. Default `'key'`. */
  readonly partitions?: Partitions;
}

const offset = object({ offset: z.union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/)]) });
const time = z.union([z.date(), z.number().min(0)]);
const FROM_EXPECTED = "expected 'latest', 'earliest', a Date or time in ms, { offset }, an entry's id or { last: n }";
const TO_EXPECTED = "expected 'latest', a Date or time in ms, { offset } or an entry's id";

const SCHEMA = object({
  topic: z.string().min(1),
  key: z.string().optional(),
  from: z.union([time, z.string().min(1), offset, object({ last: count() })], { error: FROM_EXPECTED }).default(SUBSCRIBE.from),
  to: z.union([time, z.string().min(1), offset], { error: TO_EXPECTED }).optional(),
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
 * Each subscription reads independently, on its own connections. Without the option `group` it uses no consumer group and leaves
 * no state on the broker. A broker that is down is not an error here: the reading reconnects without limit, with the waits of the
 * broker's options, and continues after the last message; `errors$` and `stats` of the returned Observable report it. Reading
 * pauses while the inbox is full.
 *
 * - Error: InvalidOption if only the broker can show that an option is wrong, such as an offset for a topic of several partitions.
 * - Completion: after the last message of the reading (`to`), or when the broker handle is closed.
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
    const positions = { from: from as From, to: to as To | undefined };
    const reader = handleOf('subscribe', handle).driver().reader?.({ topic, key, ...positions, partitions, group });
    if (reader === undefined) throw new InvalidOption(`subscribe: option 'broker': ${handle.kind} given, expected one that can be read`);
    return reader;
  };
  // Creates a reader to check the options for this kind of broker before any subscription.
  open();
  return new Reception(handle.state$, open, { ...inbox, isManual: acknowledge === 'manual' });
}
