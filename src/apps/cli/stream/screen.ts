/** The terminal while cameras run: a table redrawn in place, with log lines above it. */
import { createLogUpdate } from 'log-update';
import { type Subscription, timer } from 'rxjs';
import { ASSUMED_TERMINAL, type Paint, readableLine } from '../program/index.js';
import { type View, tableText } from './camera-table.js';

export class Screen {
  readonly #draw = createLogUpdate(process.stdout);
  #view: (() => View) | undefined;
  #redrawing: Subscription | undefined;
  /** The last line of the log, to leave out what the next one repeats. */
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

  /** Stops drawing, and leaves the last state on the screen. */
  end(): void {
    this.#redrawing?.unsubscribe();
    this.#redraw();
    this.#view = undefined;
    this.#draw.done();
  }

  #redraw(): void {
    if (this.#view === undefined) return;
    const { stdout } = process;
    stdout.columns ||= ASSUMED_TERMINAL.columns;
    stdout.rows ||= ASSUMED_TERMINAL.rows;
    const { columns, rows } = stdout;
    this.#draw(tableText(this.#view(), { columns, rows, paint: this.paint }));
  }
}
