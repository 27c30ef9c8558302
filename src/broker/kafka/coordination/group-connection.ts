/** A connection to the coordinator of a group. */
import { errorName, KafkaNode, type NodeHooks } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type GroupRequests, type GroupResponses, errorOf, withTimeout } from '../wire/index.js';

/** Errors of a broker that does not coordinate the group, or not yet. */
const NOT_COORDINATOR = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE']);
/** Time limit for one broker's answer when the coordinator is looked up; ms. */
const FIND_TIMEOUT_MS = 2_000;

/** The error of a request that the group's coordinator has refused. */
export class GroupFailure extends Error {
  constructor(readonly type: string, message: string) {
    super(message);
  }

  /** The failure of an error code; undefined for code 0. */
  static of(code: number): GroupFailure | undefined {
    const error = errorOf(code);
    return error && new GroupFailure(errorName(error), error.message);
  }

  get isFromOtherBroker(): boolean { return NOT_COORDINATOR.has(this.type); }
}

export class GroupConnection {
  /** The look-up of the coordinator, which concurrent requests share. */
  #node: Promise<KafkaNode> | undefined;
  #isClosed = false;

  constructor(readonly group: string, readonly options: KafkaOptions, readonly hooks: NodeHooks, readonly seeds: () => Promise<readonly string[]>) {}

  /** Sends a request to the coordinator. Rejects if there is no answer in time, and replaces the connection. */
  async ask<K extends keyof GroupRequests>(name: K, request: GroupRequests[K], withinMs: number): Promise<GroupResponses[K]> {
    const node = await this.#coordinator();
    return withTimeout(node.askGroup(name, request, withinMs), withinMs, () => { this.drop(); });
  }

  /** Drops the coordinator, so that the next request looks it up again, with a new connection. */
  drop(): void {
    const dropped = this.#node;
    this.#node = undefined;
    dropped?.then((node) => { node.drop(); }, () => { /* It was not found. */ });
  }

  async #coordinator(): Promise<KafkaNode> {
    if (this.#isClosed) throw new Error('the connection is closed');
    const finding = this.#node ??= this.#find();
    try {
      const node = await finding;
      // A request on a dropped node would open a connection that nothing closes.
      if (finding !== this.#node) throw new Error('the connection was closed meanwhile');
      return node;
    } catch (error) {
      if (finding === this.#node) this.#node = undefined;
      throw error;
    }
  }

  destroy(): void {
    this.#isClosed = true;
    this.drop();
  }

  /** Asks each broker of the option `brokers` in turn. */
  async #find(): Promise<KafkaNode> {
    let failure: unknown = new Error('there is no broker to ask');
    for (const address of await this.seeds()) {
      const seed = new KafkaNode(address, this.options, this.hooks);
      try {
        const { errorCode, coordinator } = await withTimeout(seed.askGroup('GroupCoordinator', { groupId: this.group }, FIND_TIMEOUT_MS), FIND_TIMEOUT_MS, () => { seed.drop(); });
        const refused = GroupFailure.of(errorCode);
        if (refused !== undefined) throw refused;
        const node = new KafkaNode(`${coordinator.host}:${coordinator.port}`, this.options, this.hooks);
        // A member keeps the process alive.
        node.hold(true);
        return node;
      } catch (error) {
        failure = error;
      } finally {
        seed.drop();
      }
    }
    throw failure;
  }
}
