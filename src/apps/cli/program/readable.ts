/** Texts and log lines as people read them on a terminal. */

/** The size of a terminal that reports none, as some pseudo-terminals do. */
export const ASSUMED_TERMINAL = { columns: 80, rows: 24 };

const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** Fields of pino's lines that a line on a terminal leaves out, or has in another place. */
const HIDDEN_FIELDS = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'camera', 'run', 'stack']);

/** The text with `?` in place of control characters, so that external text can't move the cursor or colour the terminal. */
export function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** The text, with `…` in place of what is longer than `length`. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}

/** `1 camera`, `2 cameras`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A line of pino as text: `12:03:01 WARN  camera_1 retrying attempt=2 …`.
 * @param before - the line before it; the error of a retry is left out if that line has the same one
 */
export function readableLine(line: string, before = ''): string {
  try {
    const record = JSON.parse(line) as Fields;
    const last = before === '' ? {} : JSON.parse(before) as Fields;
    const isRepeated = (name: string) => name === 'error' && record['msg'] === 'retrying' && record['camera'] === last['camera'] && valueText(record[name]) === valueText(last[name]);
    const time = timeText(Number(record['time']));
    const facts = Object.entries(record).filter(([name]) => !HIDDEN_FIELDS.has(name) && !isRepeated(name)).map(([name, value]) => `${name}=${valueText(value, name)}`);
    const words = [time, (LEVELS[Number(record['level'])] ?? '').padEnd(5), record['camera'], record['msg'], ...facts];
    return withoutControls(words.filter((word) => word !== undefined).map(String).join(' '));
  } catch {
    return withoutControls(line.trimEnd());
  }
}

function timeText(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function valueText(value: unknown, name = ''): string {
  if (typeof value === 'number' && name.endsWith('At')) return timeText(value);
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? `"${message}"` : typeof value === 'string' ? value : JSON.stringify(value);
}
