/** Figures of a camera at a fixed interval, in a ring buffer: 24 hours need a fixed amount of memory. */
import type { SeriesName, SeriesWire } from '../page-data.js';

export const SERIES_NAMES: readonly SeriesName[] = ['fpsIn', 'fpsOut', 'latencyMs', 'bytesPerSecond', 'outbox'];

/** One set of figures; undefined if unknown. */
export type Point = Readonly<Record<SeriesName, number | undefined>>;

export class Series {
  readonly #values: Float32Array;
  #length = 0;
  #next = 0;
  #until = 0;

  constructor(readonly stepMs: number, readonly size: number) {
    this.#values = new Float32Array(size * SERIES_NAMES.length).fill(NaN);
  }

  /** Adds the figures of the step that ends at `at`, in ms since 1970. Steps that were missed while the machine slept stay empty. */
  add(at: number, point: Point): void {
    const missed = this.#until === 0 ? 0 : Math.min(this.size, Math.round((at - this.#until) / this.stepMs) - 1);
    for (let n = 0; n < missed; n++) this.#push(undefined);
    this.#push(point);
    this.#until = at;
  }

  /** The mean of the last `count` sets of figures. */
  mean(count: number): Point {
    const columns = this.wire().columns;
    return Object.fromEntries(SERIES_NAMES.map((name) => {
      const last = columns[name].slice(-count).filter((value) => value !== null);
      return [name, last.length === 0 ? undefined : last.reduce((sum, value) => sum + value, 0) / last.length];
    })) as Record<SeriesName, number | undefined>;
  }

  wire(): SeriesWire {
    const columns = SERIES_NAMES.map((name, column) => [name, Array.from({ length: this.#length }, (_, index) => {
      const row = (this.#next - this.#length + index + this.size) % this.size;
      const value = this.#values[row * SERIES_NAMES.length + column] ?? NaN;
      return Number.isNaN(value) ? null : Math.round(value * 100) / 100;
    })] as const);
    return { until: this.#until, stepMs: this.stepMs, columns: Object.fromEntries(columns) as unknown as SeriesWire['columns'] };
  }

  #push(point: Point | undefined): void {
    for (const [column, name] of SERIES_NAMES.entries()) this.#values[this.#next * SERIES_NAMES.length + column] = point?.[name] ?? NaN;
    this.#next = (this.#next + 1) % this.size;
    this.#length = Math.min(this.size, this.#length + 1);
  }
}
