/** Reads one partition as a table: what is there, then each change, through failures. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Row, Rows } from '../../../core/engine/coordination.js';
import type { KafkaOptions } from '../options.js';
import { EARLIEST, FetchCluster, type KafkaReaderHooks, LATEST } from '../read/index.js';

export interface TablePlace {
  readonly topic: string;
  readonly partition: number;
  /** Time of the first row that is wanted; undefined for all. */
  readonly sinceMs: number | undefined;
}

/** A fetch waits so long for a row; ms. */
const MAX_WAIT_MS = 1_000;
/** After a failure it is read again; ms. */
const AGAIN_MS = 500;
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
    this.#run().catch(() => { /* It handles its failures. */ });
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
        // It is read again from where it was.
      } finally {
        cluster.destroy();
      }
      if (!this.#hasEnded()) await wait(AGAIN_MS, undefined, { ref: false });
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
      const [answer] = await timed(cluster.fetch({ leader, from, key: undefined }));
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

/** A fetch that a broker does not answer: the connection is replaced. */
async function timed<T>(request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(new Error('no answer to a fetch')); }, MAX_WAIT_MS + 2_000); });
  try {
    return await Promise.race([request, late]);
  } finally {
    clearTimeout(timer);
    request.catch(() => { /* It came too late to be heard. */ });
  }
}
