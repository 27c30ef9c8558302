/** Flags of the command line under their headings, and parsers for their values. */
import { type Flag, UnreadableText, readSize } from '../../../core/steps/index.js';

export { type Flag, readNumber } from '../../../core/steps/index.js';

/** Flags under one heading of the help. */
export interface FlagGroup {
  readonly heading: string;
  readonly flags: readonly Flag[];
}

const BYTES: Record<string, number> = {
  '': 1, k: 1000, kb: 1000, m: 1000 ** 2, mb: 1000 ** 2, g: 1000 ** 3, gb: 1000 ** 3, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3,
};

/** `true`, `false`, or a word. */
export function parseWordOrBoolean(text: string): boolean | string {
  return text === 'true' || (text === 'false' ? false : text);
}

/** A port, or `auto`. */
export function parsePortOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (!/^\d+$/.test(text)) throw new UnreadableText('Expected a port.');
  return Number(text);
}

/** A whole number, or a word. */
export function parseWordOrNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A number of bytes: `1000000`, `500kB`, `16MiB`. */
export function parseBytes(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(BYTES, unit.toLowerCase()) ? BYTES[unit.toLowerCase()] : undefined;
  if (factor === undefined) throw new UnreadableText('Expected a number of bytes, optionally with kB, MB, GB, KiB, MiB or GiB.');
  return Math.round(Number(amount) * factor);
}

/** `640x360`, both sides. */
export function parseWholeSize(text: string): { width: number; height: number } {
  const { width, height } = readSize(text);
  if (width === undefined || height === undefined) throw new UnreadableText('Expected WIDTHxHEIGHT in pixels.');
  return { width, height };
}

/** Returns a parser that accepts only these words, for options that their owner does not check. */
export function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (!words.includes(text)) throw new UnreadableText(`Expected one of ${words.join(', ')}.`);
    return text;
  };
}

/** Repeated `NAME=VALUE`. */
export function parsePairs(text: string, before: unknown): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new UnreadableText('Expected NAME=VALUE.');
  return { ...(before as Record<string, string> | undefined), [text.slice(0, at)]: text.slice(at + 1) };
}

/** Repeated text: one for each source, or one for all of them. */
export function parseList(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), text];
}

/** Words with commas between them, or a repeated flag. */
export function parseWords(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), ...text.split(',').map((word) => word.trim())];
}

/** A size for the help: `16 MiB`. */
export function bytesText(count: number): string {
  const unit = [[1024 ** 3, 'GiB'], [1024 ** 2, 'MiB'], [1024, 'KiB']].find(([factor]) => count % Number(factor) === 0);
  return unit === undefined ? String(count) : `${count / Number(unit[0])} ${unit[1]}`;
}
