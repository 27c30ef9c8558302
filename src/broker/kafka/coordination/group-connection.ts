/** The connection to the broker that coordinates a group: a join that waits must hold up nothing else. */
import { kindOf, KafkaNode, type NodeHooks } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type GroupAnswers, type GroupRequests, errorOf } from '../wire/index.js';

/** Errors by which a broker says that it does not coordinate the group now. */
const ELSEWHERE = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE']);
/** A broker that is asked for the coordinator answers at once; ms. */
const FIND_MS = 2_000;

/** The group's coordinator has refused a request. */
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
  #node: KafkaNode | undefined;
  #isGone = false;

  constructor(readonly group: string, readonly options: KafkaOptions, readonly hooks: NodeHooks, readonly seeds: () => Promise<readonly string[]>) {}

  /** Rejects if there is no answer in time: then the connection is not used any more. */
  async ask<K extends keyof GroupRequests>(name: K, request: GroupRequests[K], withinMs: number): Promise<GroupAnswers[K]> {
    const node = this.#node ??= await this.#find();
    return within(node.askGroup(name, request, withinMs), withinMs, () => { this.drop(); });
  }

  /** The next request looks the coordinator up again, with a new connection. */
  drop(): void {
    this.#node?.drop();
    this.#node = undefined;
  }

  destroy(): void {
    this.#isGone = true;
    this.drop();
  }

  /** Asks each broker that the user has named, in turn. */
  async #find(): Promise<KafkaNode> {
    let failure: unknown = new Error('there is nobody to ask');
    for (const address of await this.seeds()) {
      const seed = new KafkaNode(address, this.options, this.hooks);
      try {
        const { errorCode, coordinator } = await within(seed.askGroup('GroupCoordinator', { groupId: this.group }, FIND_MS), FIND_MS, () => { seed.drop(); });
        const refused = GroupFailure.of(errorCode);
        if (refused !== undefined) throw refused;
        if (this.#isGone) throw new Error('the connection was given up meanwhile');
        const node = new KafkaNode(`${coordinator.host}:${coordinator.port}`, this.options, this.hooks);
        // A worker lives as long as it is a member.
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

function within<T>(answer: Promise<T>, ms: number, late: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late();
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
    answer.finally(() => { clearTimeout(timer); }).then(resolve, reject);
  });
}
