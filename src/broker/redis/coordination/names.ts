/** The keys of a fleet on Redis, with one hash tag, so that a cluster keeps them on one node. */
import type { TableName } from '../../../core/engine/coordination.js';

export class FleetNames {
  readonly #prefix: string;

  constructor(name: string) {
    this.#prefix = `{${name}}`;
  }

  get slots(): string { return `${this.#prefix}:slots`; }
  get leader(): string { return `${this.#prefix}:leader`; }
  get members(): string { return `${this.#prefix}:members`; }
  get round(): string { return `${this.#prefix}:round`; }
  get plan(): string { return `${this.#prefix}:plan`; }
  /** Channel by which members wake each other. */
  get wake(): string { return `${this.#prefix}:wake`; }
  member(id: string): string { return `${this.#prefix}:member:${id}`; }
  epoch(slot: number): string { return `${this.#prefix}:epoch:${slot}`; }
  owner(slot: number): string { return `${this.#prefix}:owner:${slot}`; }
  table(name: TableName): string { return `${this.#prefix}:${name}`; }
  changes(name: TableName): string { return `${this.#prefix}:${name}:changes`; }
}
