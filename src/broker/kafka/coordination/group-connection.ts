/** The connection to the coordinator of a group; a separate one, since a waiting join delays other requests. */
import { kindOf, KafkaNode, type NodeHooks } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type GroupRequests, type GroupResponses, errorOf, withTimeout } from '../wire/index.js';

/** Errors of a broker that does not coordinate the group now. */
const ELSEWHERE = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE']);
/** Time limit of a look-up of the coordinator; ms. */
const FIND_MS = 2_000;

/** The error of a request that the group's coordinator has refused. */
export class GroupFailure extends Error {
  constructor(readonly type: string, message: string) {
    super(message);
  }

  static of(code: number): GroupFailure | undefined {
    const error = errorOf(code);
    return error && new GroupFailure(kindOf(error), error.message);
  }

  get isElsewhere(): boolean { return ELSEWHERE.has(this.type); }
}

export class GroupConnection {
  /** The coordinator, or its look-up, which concurrent requests share. */
  #node: Promise<KafkaNode> | undefined;
  #isGone = false;

  constructor(readonly group: string, readonly options: KafkaOptions, readonly hooks: NodeHooks, readonly seeds: () => Promise<readonly string[]>) {}

  /** Rejects if there is no answer in time; the connection is then replaced. */
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
    if (this.#isGone) throw new Error('the connection is closed');
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
    this.#isGone = true;
    this.drop();
  }

  /** Queries each broker of the option `brokers` in turn. */
  async #find(): Promise<KafkaNode> {
    let failure: unknown = new Error('there is no broker to ask');
    for (const address of await this.seeds()) {
      const seed = new KafkaNode(address, this.options, this.hooks);
      try {
        const { errorCode, coordinator } = await withTimeout(seed.askGroup('GroupCoordinator', { groupId: this.group }, FIND_MS), FIND_MS, () => { seed.drop(); });
        const refused = GroupFailure.of(errorCode);
        if (refused !== undefined) throw refused;
        const node = new KafkaNode(`${coordinator.host}:${coordinator.port}`, this.options, this.hooks);
        // Membership keeps the process alive.
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
