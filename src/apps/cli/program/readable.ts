/** Numbers, times and log lines as people read them on a terminal. */

const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** Fields of pino's lines that are useless on a terminal. */
const USUAL = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'camera', 'run', 'stack']);

/** Text from outside, which must not move the cursor or colour the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** A line of pino as text: `12:03:01 WARN  camera_1 retrying attempt=2 …`. */
export function readableLine(line: string): string {
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    const time = new Date(Number(record['time'])).toTimeString().slice(0, 8);
    const facts = Object.entries(record).filter(([name]) => !USUAL.has(name)).map(([name, value]) => `${name}=${shown(value)}`);
    const words = [time, (LEVELS[Number(record['level'])] ?? '').padEnd(5), record['camera'], record['msg'], ...facts];
    return plain(words.filter((word) => word !== undefined).map(String).join(' '));
  } catch {
    return plain(line.trimEnd());
  }
}

function shown(value: unknown): string {
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? `"${message}"` : typeof value === 'string' ? value : JSON.stringify(value);
}
