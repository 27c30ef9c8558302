/** Draws notifications as marble diagrams, also two of them aligned in columns. */
import { inspect, isDeepStrictEqual } from 'node:util';
import type { ObservableNotification } from 'rxjs';

/** A notification and its virtual time in ms, as TestScheduler records it. */
export interface TimedNotification {
  readonly frame: number;
  readonly notification: ObservableNotification<unknown>;
}

/** Times of subscription and unsubscription, in virtual ms; Infinity for never. */
export interface SubscriptionFrames {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** Options of drawing. */
export interface DiagramOptions {
  /** Virtual ms of one column. Default 1. */
  readonly columnMs?: number;
  /** The values of letters. A value without a letter gets one, which is explained below the diagram. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Whether a value equals that of a letter. Default: deep equality. */
  readonly isSame?: (value: unknown, ofLetter: unknown) => boolean;
}

/** The text of a row at one time. */
interface Cell { readonly at: number; readonly text: string }

/** Longest gap that is drawn as dashes; longer ones are drawn as time progression. */
const MAX_DASHES = 20;
/** Maximum number of values that are explained. */
const MAX_LINES = 12;
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

/** Notifications as a diagram that TestScheduler's `run` mode can parse. */
export function diagram(messages: readonly TimedNotification[], options: DiagramOptions = {}): string {
  const legend = new Legend(options);
  const [row = ''] = rows([cellsOf(messages, (message) => legend.name(message))], options.columnMs ?? 1);
  return row;
}

/** Two diagrams, the expected one above the actual one, with a legend. */
export function aligned(
  expected: readonly TimedNotification[], actual: readonly TimedNotification[], options: DiagramOptions = {},
): string {
  const legend = new Legend(options);
  const above = cellsOf(expected, (message) => legend.name(message));
  const below = cellsOf(actual, (message) => legend.name(message, expected));
  const [first = '', second = ''] = rows([above, below], options.columnMs ?? 1);
  return [`expected  ${first}`, `actual    ${second}`, ...legend.lines()].join('\n');
}

/** The same for subscriptions: a row for each. */
export function alignedSubscriptions(
  expected: readonly SubscriptionFrames[], actual: readonly SubscriptionFrames[], { columnMs = 1 }: DiagramOptions = {},
): string {
  const drawn = rows([...expected, ...actual].map(subscriptionCells), columnMs);
  const named = (name: string, own: string[]) => (own.length === 0 ? ['(none)'] : own).map((row) => `${name}${row}`);
  const [above, below] = [drawn.slice(0, expected.length), drawn.slice(expected.length)];
  return [...named('expected  ', above), ...named('actual    ', below)].join('\n');
}

/** Gives values their letters. */
class Legend {
  readonly #explained = new Map<string, unknown>();

  constructor(readonly options: DiagramOptions) {}

  /** @param expected - if several letters fit, one at the same time there comes first */
  name({ frame, notification }: TimedNotification, expected: readonly TimedNotification[] = []): string {
    if (notification.kind === 'C') return '|';
    if (notification.kind === 'E') return this.#nameError(notification.error);
    const { value } = notification;
    const { values = {}, isSame = isDeepStrictEqual } = this.options;
    const nearby = expected.flatMap((one) => (one.frame === frame ? this.#known(one) ?? [] : []));
    const known = [...nearby, ...Object.keys(values)].find((letter) => isSame(value, values[letter]));
    if (known !== undefined) return known;
    if (typeof value === 'string' && [...value].length === 1) return value;
    return this.#letterFor(value);
  }

  lines(): string[] {
    const lines = [...this.#explained].map(([letter, value]) => `${letter} = ${shown(value)}`);
    return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
  }

  #known({ notification }: TimedNotification): string | undefined {
    const { values = {} } = this.options;
    return notification.kind === 'N' ? Object.keys(values).find((letter) => values[letter] === notification.value) : undefined;
  }

  #letterFor(value: unknown): string {
    const { values = {} } = this.options;
    for (const [letter, one] of this.#explained) if (letter !== '#' && isDeepStrictEqual(one, value)) return letter;
    const letter = LETTERS.find((one) => !(one in values) && !this.#explained.has(one)) ?? '?';
    this.#explained.set(letter, value);
    return letter;
  }

  /** The legend distinguishes two errors that differ. */
  #nameError(error: unknown): string {
    const first = this.#explained.get('#');
    if (error === 'error' || first === error) return '#';
    if (first === undefined) this.#explained.set('#', error);
    else if (!isDeepStrictEqual(first, error)) this.#explained.set('# (actual)', error);
    return '#';
  }
}

/** A stack, or the bytes of a picture, would hide the diagrams. */
function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}${'code' in value ? ` (${String(value.code)})` : ''}: ${value.message}`;
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  const short = (one: unknown) => (Buffer.isBuffer(one) ? new Bytes(one.length) : one);
  const facts = isPlain ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, short(one)])) : value;
  return inspect(facts, { breakLength: 120, compact: 8, depth: 2 });
}

class Bytes {
  constructor(readonly length: number) {}

  [inspect.custom](): string { return `<${this.length} bytes>`; }
}

function cellsOf(messages: readonly TimedNotification[], name: (message: TimedNotification) => string): Cell[] {
  const byTime = new Map<number, string>();
  for (const message of messages) byTime.set(message.frame, (byTime.get(message.frame) ?? '') + name(message));
  return [...byTime].map(([at, names]) => ({ at, text: [...names].length === 1 ? names : `(${names})` }));
}

function subscriptionCells({ subscribedFrame, unsubscribedFrame }: SubscriptionFrames): Cell[] {
  if (subscribedFrame === unsubscribedFrame) return [{ at: subscribedFrame, text: '(^!)' }];
  return [{ at: subscribedFrame, text: '^' }, { at: unsubscribedFrame, text: '!' }].filter((cell) => cell.at !== Infinity);
}

/** Draws rows with equal times in equal columns; a row ends with its last mark. */
function rows(cells: readonly (readonly Cell[])[], columnMs: number): string[] {
  const times = [...new Set(cells.flatMap((row) => row.map((cell) => cell.at)))].sort((a, b) => a - b);
  const start = times[0] ?? 0;
  const drawn = cells.map((): Row => ({ text: gap(start, columnMs), upTo: start, end: 0 }));
  for (const [index, at] of times.entries()) {
    const marks = cells.map((row) => row.find((cell) => cell.at === at)?.text ?? '');
    const width = Math.max(...marks.map((mark) => mark.length));
    for (const [row, mark] of marks.entries()) advance(drawn[row] as Row, mark, width, times[index + 1] ?? at, columnMs);
    const length = Math.max(...drawn.map((row) => row.text.length));
    for (const row of drawn) row.text = row.text.padEnd(length);
  }
  return drawn.map((row) => row.text.slice(0, row.end));
}

/** A row while it is drawn: the time up to which its text extends (a group may exceed the available time), and the end of its last mark. */
interface Row { text: string; upTo: number; end: number }

/** Draws one row from one time to the next: dashes fill the width of a wider neighbour while time allows, spaces the rest. */
function advance(row: Row, mark: string, width: number, next: number, columnMs: number): void {
  row.text += mark;
  row.upTo += mark.length * columnMs;
  if (mark !== '') row.end = row.text.length;
  const dashes = Math.max(0, Math.min(width - mark.length, Math.floor((next - row.upTo) / columnMs)));
  row.text += '-'.repeat(dashes).padEnd(width - mark.length);
  row.upTo += dashes * columnMs;
  row.text += gap(next - row.upTo, columnMs);
  row.upTo = Math.max(row.upTo, next);
}

function gap(ms: number, columnMs: number): string {
  if (ms <= 0) return '';
  if (ms % columnMs === 0 && ms / columnMs <= MAX_DASHES) return '-'.repeat(ms / columnMs);
  return ms % 1000 === 0 ? ` ${ms / 1000}s ` : ` ${ms}ms `;
}
