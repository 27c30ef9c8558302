/** Reads a partition as a table: all rows, then each change. Reconnects after failures. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Row, Rows } from '../../../core/engine/coordination.js';
import type { KafkaOptions } from '../options.js';
import { EARLIEST, FetchCluster, type KafkaReaderHooks, LATEST } from '../read/index.js';
import { withTimeout } from '../wire/index.js';

export interface TablePlace {
  readonly topic: string;
  readonly partition: number;
  /** Time of the oldest row to read, in ms since 1970; undefined for all rows. */
  readonly sinceMs: number | undefined;
}

/** Time limit of a fetch, which waits up to a second for a row; ms. */
const FETCH_MS = 3_000;
/** Wait before it reconnects; ms. */
const RECONNECT_MS = 500;
/** Error code of the protocol. */
const OFFSET_OUT_OF_RANGE = 1;

export class TableReader {
  #cluster: FetchCluster | undefined;
  #next: number | undefined;
  #isOver = false;
  #isWhole = false;

  constructor(
    readonly place: TablePlace, readonly options: KafkaOptions, readonly hooks: KafkaReaderHooks, readonly emit: (rows: Rows) => void,
  ) {}

  start(): void {
    this.#run().catch(() => { /* `#run` handles failures itself. */ });
  }

  stop(): void {
    this.#isOver = true;
    this.#cluster?.destroy();
  }

  #hasEnded(): boolean { return this.#isOver; }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const cluster = this.#cluster = new FetchCluster(this.place.topic, this.options, this.hooks);
      try {
        await cluster.connect();
        await this.#follow(cluster);
      } catch {
        // The next connection continues at `#next`.
      } finally {
        cluster.destroy();
      }
      if (!this.#hasEnded()) await wait(RECONNECT_MS, undefined, { ref: false });
    }
  }

  async #follow(cluster: FetchCluster): Promise<void> {
    const { partition, sinceMs } = this.place;
    const leader = (await cluster.leaders())?.get(partition);
    if (leader === undefined || leader < 0) return;
    this.#next ??= (await cluster.offsets([partition], sinceMs ?? EARLIEST)).get(partition) ?? 0;
    const end = (await cluster.offsets([partition], LATEST)).get(partition) ?? 0;
    if (this.#next >= end) this.#emit([], true);
    while (!this.#isOver) {
      const from = new Map([[partition, this.#next]]);
      const [answer] = await withTimeout(cluster.fetch({ leader, from, key: undefined }), FETCH_MS, () => { cluster.destroy(); });
      if (answer === undefined || this.#hasEnded()) return;
      if (answer.errorCode === OFFSET_OUT_OF_RANGE) {
        this.#next = (await cluster.offsets([partition], EARLIEST)).get(partition) ?? 0;
        continue;
      }
      if (answer.errorCode !== 0) return;
      this.#next = Math.max(this.#next, answer.next ?? 0);
      const rows = answer.messages.map(({ key = '', value }): Row => ({ key, value: value.length === 0 ? undefined : value.toString() }));
      this.#emit(rows, this.#next >= end);
    }
  }

  #emit(rows: readonly Row[], isWhole: boolean): void {
    if (rows.length === 0 && this.#isWhole) return;
    this.#isWhole ||= isWhole;
    this.emit({ rows, isWhole: this.#isWhole });
  }
}
