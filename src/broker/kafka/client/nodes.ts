/** The brokers of a Kafka cluster: those in the metadata, and those of the option `brokers`. */
import { KAFKA_LIMITS } from '../../../core/defaults/limits.js';
import { hedgedRequest } from './hedged-request.js';
import type { Requests, Responses } from '../wire/index.js';
import { KafkaNode, type NodeHooks } from './node.js';
import type { KafkaOptions } from '../options.js';

export class KafkaNodes {
  readonly #byAddress = new Map<string, KafkaNode>();
  readonly #addresses = new Map<number, string>();
  #seeds: readonly string[] | undefined;
  #isHeld = false;
  #isClosed = false;

  /** @param lookUpSeeds - returns the brokers that are asked before the metadata is known, as `host:port` */
  constructor(readonly options: KafkaOptions, readonly hooks: NodeHooks, readonly lookUpSeeds: () => Promise<readonly string[]>) {}

  /** The node with this id, if it is known. */
  get(id: number): KafkaNode | undefined {
    const address = this.#addresses.get(id);
    return address === undefined ? undefined : this.#nodeAt(address);
  }

  /** Updates the brokers from metadata. Closes connections to brokers that it no longer names. */
  update(brokers: Responses['Metadata']['brokers']): void {
    this.#addresses.clear();
    for (const { nodeId, host, port } of brokers) this.#addresses.set(nodeId, `${host}:${port}`);
    const used = new Set([...this.#addresses.values(), ...this.#seeds ?? []]);
    for (const [address, node] of this.#byAddress) {
      if (used.has(address)) continue;
      this.#byAddress.delete(address);
      node.drop();
    }
  }

  /** Sends a request to one broker after the other until one answers: first those that are connected, the last to answer first. */
  async askAny<K extends keyof Requests>(name: K, request: Requests[K]): Promise<{ node: KafkaNode; answer: Responses[K] }> {
    const ask = async (node: KafkaNode) => ({ node, answer: await node.ask(name, request) });
    const askEach = (nodes: readonly KafkaNode[]) => hedgedRequest(nodes.map((node) => () => ask(node)), KAFKA_LIMITS.patienceMs);
    const connected = [...this.#byAddress.values()].filter(({ isConnected }) => isConnected).sort((a, b) => b.answeredAt - a.answeredAt);
    const askOthers = async () => {
      const others = new Set([...await this.#seedAddresses(), ...this.#addresses.values()].map((address) => this.#nodeAt(address)));
      return askEach([...others].filter((node) => !connected.includes(node)));
    };
    return hedgedRequest([...connected.length > 0 ? [() => askEach(connected)] : [], askOthers], KAFKA_LIMITS.patienceMs);
  }

  /** Sets whether connections keep the process alive. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const node of this.#byAddress.values()) node.hold(isHeld);
  }

  async disconnect(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#byAddress.values()].map((node) => node.disconnect()));
  }

  destroy(): void {
    this.#isClosed = true;
    for (const node of this.#byAddress.values()) node.drop();
  }

  async #seedAddresses(): Promise<readonly string[]> {
    return this.#seeds ??= await this.lookUpSeeds();
  }

  #nodeAt(address: string): KafkaNode {
    if (this.#isClosed) throw new Error('the connection was closed meanwhile');
    let node = this.#byAddress.get(address);
    if (node === undefined) {
      node = new KafkaNode(address, this.options, this.hooks);
      node.hold(this.#isHeld);
      this.#byAddress.set(address, node);
    }
    return node;
  }
}
