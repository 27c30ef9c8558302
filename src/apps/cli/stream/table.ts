/** The live table: a line for each camera and one for the broker. */
import type { BrokerState } from '../../../broker/index.js';
import { wall } from '../../../core/clock.js';
import { type CameraStats, shownSize } from '../../../ledger/index.js';
import { plain } from '../program/index.js';

/** Contents of the table. */
export interface View {
  readonly cameras: readonly { readonly key: string; readonly stats: CameraStats }[];
  readonly broker: { readonly address: string; readonly state: BrokerState };
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  cell(key: string, stats: CameraStats): string;
}

/** Longest key that is shown whole. */
const MAX_KEY = 24;

/** The most important column comes first; `latency` is the median from decoding to acknowledgement. */
const COLUMNS: readonly Column[] = [
  { title: 'camera', align: 'left', cell: (key) => cut(plain(key), MAX_KEY) },
  { title: 'state', align: 'left', cell: (_, { state }) => state },
  { title: 'fps in', align: 'right', cell: (_, stats) => rateOf('captured', stats) },
  { title: 'fps out', align: 'right', cell: (_, stats) => rateOf('published', stats) },
  { title: 'published', align: 'right', cell: (_, { published }) => String(published) },
  { title: 'dropped', align: 'right', cell: (_, { droppedTotal }) => String(droppedTotal) },
  { title: 'latency', align: 'right', cell: (_, { latency }) => (latency.count === 0 ? '-' : `${latency.p50.toFixed(0)} ms`) },
  { title: 'flight', align: 'right', cell: (_, { inFlight }) => String(inFlight) },
  { title: 'next', align: 'right', cell: (_, { nextAttemptAt }) => untilAttempt(nextAttemptAt) },
  { title: 'encoder', align: 'left', cell: (_, { encoder }) => (encoder === undefined ? '-' : plain(encoder.name)) },
];

/** Lines for other things than cameras: titles, the broker, cameras left out, the cursor's line. */
const OTHER_LINES = 4;

/**
 * The table as text, no line longer than `columns`.
 * @param rows - of the terminal; cameras that do not fit are counted in a line of their own
 */
export function table({ cameras, broker }: View, { columns, rows }: { columns: number; rows: number }): string {
  const room = Math.max(1, rows - OTHER_LINES);
  const shown = cameras.length <= room ? cameras : cameras.slice(0, room);
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...shown.map(({ key, stats }) => COLUMNS.map((column) => column.cell(key, stats))),
  ];
  const widths = COLUMNS.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const gap = ' '.repeat(widths.reduce((sum, width) => sum + width + 2, -2) <= columns ? 2 : 1);
  const padded = (cell: string, index: number) => aligned(cell, COLUMNS[index]?.align, widths[index] ?? 0);
  const lines = cells.map((row) => row.map(padded).join(gap).trimEnd());
  const left = cameras.length - shown.length;
  if (left > 0) lines.push(`… and ${left} more`);
  lines.push(brokerLine(broker));
  return lines.map((line) => cut(line, columns)).join('\n');
}

function untilAttempt(at: number | undefined): string {
  return at === undefined ? '-' : `in ${Math.max(0, Math.ceil((at - wall()) / 1000))} s`;
}

/** A camera that has ended shows no rate: its last window is incomplete. */
function rateOf(name: 'captured' | 'published', { state, rate }: CameraStats): string {
  return ['stopped', 'failed', 'idle'].includes(state) ? '-' : rate[name].toFixed(1);
}

function brokerLine({ address, state: { status, outbox, error } }: View['broker']): string {
  const held = outbox.messages === 0 ? '' : `, outbox ${outbox.messages} messages, ${shownSize(outbox.bytes)}`;
  return `to ${plain(address)}  ${status}${held}${error === undefined ? '' : `, ${plain(error.message)}`}`;
}

function aligned(cell: string, align: Column['align'] | undefined, width: number): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
