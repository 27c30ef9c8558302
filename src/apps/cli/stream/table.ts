/** The live table: a line for each camera, one for all of them together, and one for each broker. */
import type { BrokerState } from '../../../broker/index.js';
import { wall } from '../../../core/clock.js';
import { type CameraStats, sizeText } from '../../../ledger/index.js';
import { type Paint, type Style, plain, unpainted } from '../program/index.js';

/** Contents of the table. */
export interface View {
  readonly cameras: readonly {
    readonly key: string;
    readonly stats: CameraStats;
    /** Its last error, in words. */
    readonly reason?: string | undefined;
    /** How much of a file has been downloaded, or played. */
    readonly progress?: Progress | undefined;
  }[];
  readonly brokers: readonly { readonly address: string; readonly state: BrokerState }[];
}

/** A share from 0 to 1. */
export interface Progress { readonly share: number; readonly isDownload: boolean }

/** Where the table goes. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  readonly paint?: Paint;
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  cell(key: string, stats: CameraStats, camera: View['cameras'][number]): string;
}

/** Width of a progress bar. */
const BAR_CELLS = 8;

/** Longest key that is shown whole. */
const MAX_KEY = 24;

/** A camera that is in trouble has no rates to show, but a reason. */
const TROUBLE = new Set<CameraStats['state']>(['waiting', 'failed']);

const STYLES: Readonly<Partial<Record<CameraStats['state'], Style>>> = { streaming: 'green', waiting: 'yellow', failed: 'red', connecting: 'cyan' };

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

/** For files alone, behind the state. */
const DONE: Column = { title: 'done', align: 'left', cell: (_, __, { progress }) => (progress === undefined ? '-' : bar(progress)) };

/** The columns before the reason. */
const NAMED = 2;

/** The table as text, no line longer than `columns`. If not all cameras fit, those in trouble come first. */
export function table({ cameras, brokers }: View, { columns, rows, paint = unpainted }: Sheet): string {
  const foot = [...(cameras.length > 1 ? [totalLine(cameras, columns, paint)] : []), ...brokers.map((broker) => brokerLine(broker, columns, paint))];
  // Titles, cameras left out, and the cursor's line.
  const room = Math.max(1, rows - foot.length - 3);
  const shown = cameras.length <= room ? cameras : [...cameras].sort((a, b) => rank(a.stats) - rank(b.stats)).slice(0, room);
  const hasFile = shown.some(({ progress }) => progress !== undefined);
  const columnsShown = hasFile ? [...COLUMNS.slice(0, NAMED), DONE, ...COLUMNS.slice(NAMED)] : COLUMNS;
  const cellsOf = (camera: View['cameras'][number]) => columnsShown.map((column) => column.cell(camera.key, camera.stats, camera));
  const cells = [columnsShown.map(({ title }) => title), ...shown.map(cellsOf)];
  const widths = columnsShown.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const gap = ' '.repeat(widths.reduce((sum, width) => sum + width + 2, -2) <= columns ? 2 : 1);
  const lines = cells.map((row, index) => {
    const padded = row.map((cell, column) => aligned(cell, columnsShown[column]?.align, widths[column] ?? 0));
    const camera = shown[index - 1];
    return camera === undefined ? paint('bold', cut(padded.join(gap).trimEnd(), columns)) : cameraLine(padded, camera, { columns, rows, paint }, gap);
  });
  const left = cameras.length - shown.length;
  if (left > 0) lines.push(cut(`… and ${left} more`, columns));
  return [...lines, ...foot].join('\n');
}

/** Beside the state of a camera in trouble is its last error: what it lacks is all zeros. */
function cameraLine(padded: readonly string[], camera: View['cameras'][number], { columns, paint = unpainted }: Sheet, gap: string): string {
  const { stats } = camera;
  const [style, reason] = [STYLES[stats.state], reasonOf(camera)];
  const rest = reason === undefined ? padded.slice(NAMED) : [reason];
  const named = padded.slice(0, NAMED).join(gap);
  const line = cut([named, ...rest].join(gap).trimEnd(), columns);
  if (style === undefined) return line;
  // Painted last: codes have no width.
  const [name = ''] = padded;
  const from = name.length + gap.length;
  const to = reason === undefined ? from + stats.state.length : line.length;
  return line.slice(0, from) + paint(style, line.slice(from, to)) + line.slice(to);
}

function reasonOf({ stats: { state, lastError, nextAttemptAt }, reason = lastError }: View['cameras'][number]): string | undefined {
  if (reason === undefined || !TROUBLE.has(state)) return undefined;
  return `${nextAttemptAt === undefined ? '' : `again ${untilAttempt(nextAttemptAt)}: `}${plain(reason)}`;
}

/** `████▌     45 %`; an arrow before it while the file is downloaded. */
function bar({ share, isDownload }: Progress): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + ' ▏▎▍▌▋▊▉'.charAt(eighths % 8).trim();
  return `${isDownload ? '↓' : ' '}${filled.padEnd(BAR_CELLS)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function rank({ state }: CameraStats): number {
  return ['failed', 'waiting', 'connecting', 'idle', 'streaming'].indexOf(state);
}

function untilAttempt(at: number | undefined): string {
  return at === undefined ? '-' : `in ${Math.max(0, Math.ceil((at - wall()) / 1000))} s`;
}

/** A camera that has ended shows no rate: its last window is incomplete. */
function rateOf(name: 'captured' | 'published', { state, rate }: CameraStats): string {
  return ['stopped', 'failed', 'idle'].includes(state) ? '-' : rate[name].toFixed(1);
}

/** `300 cameras: 297 streaming, 3 waiting; 7425.0 fps in, 1485.0 out`. */
function totalLine(cameras: View['cameras'], columns: number, paint: Paint): string {
  const counts = new Map<CameraStats['state'], number>();
  for (const { stats: { state } } of cameras) counts.set(state, (counts.get(state) ?? 0) + 1);
  const sum = (name: 'captured' | 'published') => cameras.reduce((total, { stats }) => total + stats.rate[name], 0).toFixed(1);
  const states = [...counts].sort(([, a], [, b]) => b - a);
  const text = (show: (state: CameraStats['state'], words: string) => string) => `${cameras.length} cameras: ${
    states.map(([state, count]) => show(state, `${count} ${state}`)).join(', ')}; ${sum('captured')} fps in, ${sum('published')} out`;
  const plainText = text((_, words) => words);
  if (plainText.length > columns) return cut(plainText, columns);
  return text((state, words) => (TROUBLE.has(state) ? paint(STYLES[state] ?? 'red', words) : words));
}

function brokerLine({ address, state: { status, outbox, error } }: View['brokers'][number], columns: number, paint: Paint): string {
  const held = outbox.messages === 0 ? '' : `, outbox ${outbox.messages} messages, ${sizeText(outbox.bytes)}`;
  const to = `to ${plain(address)}  `;
  const line = cut(`${to}${status}${held}${error === undefined ? '' : `, ${plain(error.message)}`}`, columns);
  const style = status === 'unavailable' ? 'red' : status === 'connected' ? 'green' : undefined;
  const end = to.length + status.length;
  return style === undefined ? line : line.slice(0, to.length) + paint(style, line.slice(to.length, end)) + line.slice(end);
}

function aligned(cell: string, align: Column['align'] | undefined, width: number): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}
