/** publish: puts messages into the broker's outbox and emits their acknowledgements. */
import { Observable, type OperatorFunction, type Subscriber, takeWhile } from 'rxjs';
import { type RecordOwner, ownerOf, take } from '../src/ledger/index.js';
import {
  AckRouter, type Broker, type BrokerHandle, type OutboxConfig, PUBLISH_SCHEMA, type PartitionQueue, type QueueOptions, handleOf,
} from '../src/broker/index.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { Fence } from '../src/core/frame/fence.js';
import type { CameraMessage, Published } from '../src/core/frame/frame.js';
import { parseOptions } from '../src/core/options.js';

/** Options of `publish`. */
export interface PublishConfig {
  /** Topic on Kafka, stream on Redis; or a function that returns it for each message. */
  readonly topic: string | ((message: CameraMessage) => string);
  /** Messages with one key keep their order. Default: the message's own key, by default the camera's. */
  readonly key?: string | ((message: CameraMessage) => string);
  /** Largest number of messages of one topic and key in a request. Default 16. */
  readonly maxInFlight?: number;
  /** Bounds of the outbox of one topic and key. */
  readonly outbox?: OutboxConfig;
  /** The right to publish, if several machines may run the camera: messages are sent while it is open. Default: none. */
  readonly fence?: Fence;
}

/**
 * Publishes messages and emits their acknowledgements, in the order in which they come.
 *
 * ```text
 * messages      -a-b-----c-|
 * publish(…)    --A-B-----(C|)      linger and write time: one frame
 * broker down   -a-b-----c-|
 *               -----------------(ABC|)   when it is back
 * ```
 *
 * A message goes into an outbox of the broker handle, one for each topic and key, and is sent repeatedly until
 * it is acknowledged: a broker that is down is not an error here; `broker.state$` and `broker.errors$` report it. If
 * the outbox is half full, a source that can wait (a file) is paused; if it is full, the oldest message of any other source is
 * dropped, in stream mode with those up to the next keyframe, and counted by cause.
 *
 * - Error: the source's passes at once; messages in the outbox are still sent, and their acknowledgements are
 *   emitted when the same run subscribes again (`retry`). InvalidOption for a topic name that the broker does
 *   not allow, and if two live runs publish to one topic and key.
 * - Completion: when the source has completed and each of its messages is acknowledged or dropped.
 * - Unsubscription: the outbox keeps and sends its messages.
 *
 * @example
 * const published$ = camera('test:').pipe(encodeH265(), toMessage(), publish(memory(), { topic: 'video' }));
 *
 * @throws InvalidOption for a wrong option, or a broker that is closed
 */
export function publish(broker: Broker, config: PublishConfig): OperatorFunction<CameraMessage, Published> {
  const handle = handleOf('publish', broker);
  const { topic, key, maxInFlight, outbox = {}, fence } = parseOptions('publish', PUBLISH_SCHEMA, config);
  handle.driver().expectWrites?.();
  if (typeof topic === 'string') checkTopic(handle, topic);
  const route: Route = {
    topic: typeof topic === 'string' ? () => topic : (message) => checkTopic(handle, topic(message)),
    key: typeof key === 'string' ? () => key : key ?? ((message) => message.key),
    queue: { maxInFlight, ...outbox },
    fence,
  };
  return (source) => {
    const pendingRouters = new Set<AckRouter>();
    return new Observable((subscriber) => {
      handleOf('publish', handle);
      const publication = new Publication(handle, route, pendingRouters, subscriber);
      subscriber.add(() => { publication.end(); });
      // A source that emits while it is being subscribed to can't be unsubscribed yet.
      subscriber.add(source.pipe(takeWhile(() => !subscriber.closed)).subscribe(publication));
    });
  };
}

interface Route {
  readonly topic: (message: CameraMessage) => string;
  readonly key: (message: CameraMessage) => string;
  readonly queue: QueueOptions;
  readonly fence: Fence | undefined;
}

/** One subscription to `publish`. Routers that still expect acknowledgements outlive it in `pendingRouters`. */
class Publication {
  readonly #routers = new Map<RecordOwner | undefined, AckRouter>();
  readonly #queues = new Set<PartitionQueue>();
  #isSourceDone = false;

  constructor(
    readonly handle: BrokerHandle, readonly route: Route, readonly pendingRouters: Set<AckRouter>, readonly subscriber: Subscriber<Published>,
  ) {}

  next(message: CameraMessage): void {
    try {
      this.#offer(message);
    } catch (error) {
      take(message, 'outbox').drop('stopped');
      this.subscriber.error(error);
    }
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    if (this.subscriber.closed) return;
    this.#isSourceDone = true;
    // A subscription without any message is the last one of a run that has sent all its messages.
    if (this.#routers.size === 0) for (const router of this.pendingRouters) this.#attach(router);
    this.settled();
  }

  acknowledged(ack: Published): void {
    this.subscriber.next(ack);
  }

  settled(): void {
    if (!this.#isSourceDone) return;
    for (const router of this.#routers.values()) if (router.pending > 0) return;
    this.subscriber.complete();
  }

  end(): void {
    this.handle.release(this.#queues, this);
    for (const router of this.#routers.values()) {
      router.detach();
      if (!router.isSpent) this.pendingRouters.add(router);
      const pressure = router.owner?.pressure;
      if (pressure !== undefined) for (const queue of this.#queues) queue.unblock(pressure);
    }
  }

  #offer(message: CameraMessage): void {
    const owner = ownerOf(message);
    const topic = this.route.topic(message);
    const queue = this.handle.queue(topic, this.route.key(message), this.route.queue);
    this.#queues.add(queue);
    queue.claim(owner, this);
    this.handle.setFence(queue, this.route.fence);
    const router = this.#routerOf(owner);
    this.handle.offer(queue, withBrokerFacts(message, this.handle, topic), take(message, 'outbox'), router);
  }

  #routerOf(owner: RecordOwner | undefined): AckRouter {
    const known = this.#routers.get(owner);
    if (known !== undefined) return known;
    const kept = owner && [...this.pendingRouters].find((router) => router.owner === owner);
    return this.#attach(kept ?? new AckRouter(owner));
  }

  #attach(router: AckRouter): AckRouter {
    this.pendingRouters.delete(router);
    this.#routers.set(router.owner, router);
    router.attach(this);
    return router;
  }
}

/** The message with the facts about the broker that its format needs; added once, even if it is sent repeatedly. */
function withBrokerFacts(message: CameraMessage, handle: BrokerHandle, topic: string): CameraMessage {
  if (message.completion?.of !== message.value) return message;
  const { kind, servers } = handle.driver();
  const { completion, ...rest } = message;
  return { ...rest, ...completion.complete({ kind, topic, ...(servers !== undefined && { servers }) }) };
}

function checkTopic(handle: BrokerHandle, topic: string): string {
  const problem = typeof topic === 'string' && topic !== '' ? handle.driver().topicProblem?.(topic) : 'expected a name';
  if (problem === undefined) return topic;
  throw new InvalidOption(`publish: option 'topic': ${JSON.stringify(topic)} given, ${problem}`);
}
