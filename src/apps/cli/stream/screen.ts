/** The terminal while cameras run: a table redrawn in place, with log lines above it. */
import { createLogUpdate } from 'log-update';
import { type Subscription, timer } from 'rxjs';
import { type Paint, readableLine } from '../program/index.js';
import { type View, tableText } from './table.js';

/** Some pseudo-terminals report no size. */
const ASSUMED = { columns: 80, rows: 24 };

export class Screen {
  readonly #draw = createLogUpdate(process.stdout);
  #view: (() => View) | undefined;
  #redrawing: Subscription | undefined;
  /** The last line of the log. */
  #before = '';

  constructor(readonly paint: Paint) {}

  /** Draws `view` every `refreshMs` until `end`. */
  start(view: () => View, refreshMs: number): void {
    this.#view = view;
    this.#redrawing ??= timer(0, refreshMs).subscribe(() => { this.#redraw(); });
  }

  /** Prints a line of the log above the table. */
  above(line: string): void {
    this.#draw.persist(readableLine(line, this.#before));
    this.#before = line;
    this.#redraw();
  }

  /** Leaves the last state on the screen. */
  end(): void {
    this.#redrawing?.unsubscribe();
    this.#redraw();
    this.#view = undefined;
    this.#draw.done();
  }

  #redraw(): void {
    if (this.#view === undefined) return;
    const { stdout } = process;
    stdout.columns ||= ASSUMED.columns;
    stdout.rows ||= ASSUMED.rows;
    const { columns, rows } = stdout;
    this.#draw(tableText(this.#view(), { columns, rows, paint: this.paint }));
  }
}
