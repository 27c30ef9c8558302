/** Numbers, times and log lines as people read them on a terminal. */

const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** Fields of pino's lines that are useless on a terminal. */
const USUAL = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'camera', 'run', 'stack']);

/** Removes control characters from external text, so that it can't move the cursor or colour the terminal. */
export function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A line of pino as text: `12:03:01 WARN  camera_1 retrying attempt=2 …`.
 * @param before - the line before, which has the error of a camera that is tried again
 */
export function readableLine(line: string, before = ''): string {
  try {
    const record = JSON.parse(line) as Fields;
    const last = before === '' ? {} : JSON.parse(before) as Fields;
    const isRepeated = (name: string) => name === 'error' && record['msg'] === 'retrying' && record['camera'] === last['camera'] && shown(record[name]) === shown(last[name]);
    const time = clock(Number(record['time']));
    const facts = Object.entries(record).filter(([name]) => !USUAL.has(name) && !isRepeated(name)).map(([name, value]) => `${name}=${shown(value, name)}`);
    const words = [time, (LEVELS[Number(record['level'])] ?? '').padEnd(5), record['camera'], record['msg'], ...facts];
    return withoutControls(words.filter((word) => word !== undefined).map(String).join(' '));
  } catch {
    return withoutControls(line.trimEnd());
  }
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function shown(value: unknown, name = ''): string {
  if (typeof value === 'number' && name.endsWith('At')) return clock(value);
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? `"${message}"` : typeof value === 'string' ? value : JSON.stringify(value);
}
