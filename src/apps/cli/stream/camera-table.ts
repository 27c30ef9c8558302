/** The live table: a line for each camera, one for all of them together, and one for each broker. */
import type { BrokerState } from '../../../broker/index.js';
import { wall } from '../../../core/clock.js';
import { type CameraStats, sizeText } from '../../../ledger/index.js';
import { type Paint, type Style, cut, unpainted, withoutControls } from '../program/index.js';

/** A camera in the table. */
interface CameraView {
  readonly key: string;
  readonly stats: CameraStats;
  /** Its last error, as text. */
  readonly reason?: string | undefined;
  /** The share of a file that has been downloaded, or played. */
  readonly progress?: Progress | undefined;
  /** Whether it has sent the same picture for a minute or more. */
  readonly isFrozen?: boolean | undefined;
}

/** A broker in the table. */
interface BrokerView { readonly address: string; readonly state: BrokerState }

/** The contents of the table. */
export interface View {
  readonly cameras: readonly CameraView[];
  readonly brokers: readonly BrokerView[];
  /** Notices, one on each line. */
  readonly notes?: readonly string[] | undefined;
}

/** The progress of a file: a share from 0 to 1. */
export interface Progress { readonly share: number; readonly isDownload: boolean }

/** The size and the colours of the output. */
export interface TableLayout {
  readonly columns: number;
  readonly rows: number;
  readonly paint?: Paint;
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  cell(key: string, stats: CameraStats, camera: CameraView): string;
}

/** Width of a progress bar. */
const BAR_CELLS = 8;

/** Length of the longest key that is shown in full. */
const MAX_KEY = 24;

/** States in which the line of a camera has a reason in place of figures; while it connects again, that of the last failure. */
const TROUBLED_STATES = new Set<CameraStats['state']>(['waiting', 'failed', 'connecting']);

/** Words that are coloured in the line of totals. */
const TROUBLED_WORDS = new Set<string>(['waiting', 'failed', 'frozen']);

/** The words of the state column. */
type StateWord = CameraStats['state'] | 'frozen';

const STYLES: Readonly<Partial<Record<StateWord, Style>>> = { streaming: 'green', waiting: 'yellow', frozen: 'yellow', failed: 'red', connecting: 'cyan' };

/** The most important column comes first. `latency`: median time from decoding to acknowledgement; `flight`: pictures that rxcam holds. */
const COLUMNS: readonly Column[] = [
  { title: 'camera', align: 'left', cell: (key) => cut(withoutControls(key), MAX_KEY) },
  { title: 'state', align: 'left', cell: (_, __, camera) => stateWordOf(camera) },
  { title: 'fps in', align: 'right', cell: (_, stats) => rateOf('captured', stats) },
  { title: 'fps out', align: 'right', cell: (_, stats) => rateOf('published', stats) },
  { title: 'published', align: 'right', cell: (_, { published }) => String(published) },
  { title: 'dropped', align: 'right', cell: (_, stats) => droppedOf(stats) },
  { title: 'latency', align: 'right', cell: (_, { latency }) => (latency.count === 0 ? '-' : `${latency.p50.toFixed(0)} ms`) },
  { title: 'flight', align: 'right', cell: (_, { inFlight }) => String(inFlight) },
  { title: 'next', align: 'right', cell: (_, { nextAttemptAt }) => untilAttempt(nextAttemptAt) },
  { title: 'encoder', align: 'left', cell: (_, { encoder }) => (encoder === undefined ? '-' : withoutControls(encoder.name)) },
];

/** The column after the state, only for files. */
const DONE: Column = { title: 'done', align: 'left', cell: (_, __, { progress }) => (progress === undefined ? '-' : bar(progress)) };

/** Number of columns before the reason. */
const NAME_COLUMNS = 2;

/** The table as text; no line is longer than `columns`. If not all cameras fit, those in trouble come first. */
export function tableText({ cameras, brokers, notes = [] }: View, { columns, rows, paint = unpainted }: TableLayout): string {
  const footer = [
    ...(cameras.length > 1 ? [totalLine(cameras, columns, paint)] : []), ...brokers.map((broker) => brokerLine(broker, columns, paint)),
    ...notes.map((note) => paint('yellow', cut(withoutControls(note), columns))),
  ];
  // Without the lines of the titles, of the cameras left out, and of the cursor.
  const room = Math.max(1, rows - footer.length - 3);
  const shown = cameras.length <= room ? cameras : [...cameras].sort((a, b) => cameraRank(a) - cameraRank(b)).slice(0, room);
  const hasFile = shown.some(({ progress }) => progress !== undefined);
  const columnsShown = hasFile ? [...COLUMNS.slice(0, NAME_COLUMNS), DONE, ...COLUMNS.slice(NAME_COLUMNS)] : COLUMNS;
  const cellsOf = (camera: CameraView) => columnsShown.map((column) => column.cell(camera.key, camera.stats, camera));
  const cells = [columnsShown.map(({ title }) => title), ...shown.map(cellsOf)];
  const widths = columnsShown.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const gap = ' '.repeat(widths.reduce((sum, width) => sum + width + 2, -2) <= columns ? 2 : 1);
  const lines = cells.map((row, index) => {
    const padded = row.map((cell, column) => aligned(cell, columnsShown[column]?.align, widths[column] ?? 0));
    const camera = shown[index - 1];
    return camera === undefined ? paint('bold', cut(padded.join(gap).trimEnd(), columns)) : cameraLine(padded, camera, { columns, rows, paint }, gap);
  });
  const leftOut = cameras.filter((camera) => !shown.includes(camera));
  if (leftOut.length > 0) lines.push(leftOutLine(leftOut, columns));
  return [...lines, ...footer].join('\n');
}

/** The line about cameras that do not fit: their number, and the number of those in trouble. */
function leftOutLine(leftOut: readonly CameraView[], columns: number): string {
  const troubled = leftOut.filter((camera) => cameraRank(camera) < wordRank('connecting')).length;
  return cut(`… and ${leftOut.length} more${troubled === 0 ? '' : `, ${troubled} of them in trouble: --dashboard shows all`}`, columns);
}

/** The line of a camera. If it is in trouble, its last error follows its state, in place of figures that would all be zero. */
function cameraLine(padded: readonly string[], camera: CameraView, { columns, paint = unpainted }: TableLayout, gap: string): string {
  const word = stateWordOf(camera);
  const [style, reason] = [STYLES[word], reasonOf(camera)];
  const rest = reason === undefined ? padded.slice(NAME_COLUMNS) : [reason];
  const named = padded.slice(0, NAME_COLUMNS).join(gap);
  const line = cut([named, ...rest].join(gap).trimEnd(), columns);
  if (style === undefined) return line;
  // Coloured last, because the codes have no width.
  const [name = ''] = padded;
  const from = name.length + gap.length;
  const to = reason === undefined ? from + word.length : line.length;
  return line.slice(0, from) + paint(style, line.slice(from, to)) + line.slice(to);
}

function stateWordOf({ stats: { state }, isFrozen = false }: CameraView): StateWord {
  return state === 'streaming' && isFrozen ? 'frozen' : state;
}

function reasonOf({ stats: { state, lastError, nextAttemptAt }, reason = state === 'connecting' ? undefined : lastError }: CameraView): string | undefined {
  if (reason === undefined || !TROUBLED_STATES.has(state)) return undefined;
  const when = state === 'connecting' ? 'again now: ' : nextAttemptAt === undefined ? '' : `again ${untilAttempt(nextAttemptAt)}: `;
  return `${when}${withoutControls(reason)}`;
}

/** `████▌     45 %`; an arrow before it while the file is downloaded. */
function bar({ share, isDownload }: Progress): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + ' ▏▎▍▌▋▊▉'.charAt(eighths % 8).trim();
  return `${isDownload ? '↓' : ' '}${filled.padEnd(BAR_CELLS)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** The rank of a camera in the order of the table: those in trouble come first, and one that reconnects is still in trouble. */
function cameraRank(camera: CameraView): number {
  const word = stateWordOf(camera);
  return wordRank(word === 'connecting' && camera.reason !== undefined ? 'waiting' : word);
}

function wordRank(word: StateWord): number {
  return (['failed', 'waiting', 'frozen', 'connecting', 'idle', 'streaming'] as StateWord[]).indexOf(word);
}

function untilAttempt(at: number | undefined): string {
  return at === undefined ? '-' : `in ${Math.max(0, Math.ceil((at - wall()) / 1000))} s`;
}

/** The rate; `-` for a camera that has ended, because its last window is incomplete. */
function rateOf(name: 'captured' | 'published', { state, rate }: CameraStats): string {
  return ['stopped', 'failed', 'idle'].includes(state) ? '-' : rate[name].toFixed(1);
}

/** `5 too-large`: the number of dropped pictures, and the most frequent cause. */
function droppedOf({ droppedTotal, dropped }: CameraStats): string {
  const [most] = Object.entries(dropped).sort(([, a], [, b]) => b - a);
  return droppedTotal === 0 || most === undefined ? '0' : `${droppedTotal} ${most[0]}`;
}

/** `300 cameras: 297 streaming, 3 waiting; 7425.0 fps in, 1485.0 out`. */
function totalLine(cameras: readonly CameraView[], columns: number, paint: Paint): string {
  const counts = new Map<StateWord, number>();
  for (const camera of cameras) counts.set(stateWordOf(camera), (counts.get(stateWordOf(camera)) ?? 0) + 1);
  const sum = (name: 'captured' | 'published') => cameras.reduce((total, { stats }) => total + stats.rate[name], 0).toFixed(1);
  const states = [...counts].sort(([, a], [, b]) => b - a);
  const text = (show: (word: StateWord, words: string) => string) => `${cameras.length} cameras: ${
    states.map(([state, count]) => show(state, `${count} ${state}`)).join(', ')}; ${sum('captured')} fps in, ${sum('published')} out`;
  const plainText = text((_, words) => words);
  if (plainText.length > columns) return cut(plainText, columns);
  return text((word, words) => (TROUBLED_WORDS.has(word) ? paint(STYLES[word] ?? 'red', words) : words));
}

function brokerLine({ address, state: { status, outbox, error } }: BrokerView, columns: number, paint: Paint): string {
  const held = outbox.messages === 0 ? '' : `, outbox ${outbox.messages} messages, ${sizeText(outbox.bytes)}`;
  const to = `to ${withoutControls(address)}  `;
  const line = cut(`${to}${status}${held}${error === undefined ? '' : `, ${withoutControls(error.message)}`}`, columns);
  const style = status === 'unavailable' ? 'red' : status === 'connected' ? 'green' : undefined;
  const end = to.length + status.length;
  return style === undefined ? line : line.slice(0, to.length) + paint(style, line.slice(to.length, end)) + line.slice(end);
}

function aligned(cell: string, align: Column['align'] | undefined, width: number): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}
