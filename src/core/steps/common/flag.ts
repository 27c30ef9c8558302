/** A flag of the command line, and the parsing of its value. */

/** A flag, which sets an option of an operator, of `camera`, of a broker, or of the program itself. */
export interface Flag {
  /** In commander's notation: `--crf <n>`, `--hardware [name]`, `--no-retry`. */
  readonly flags: string;
  /** The option that it sets, with its owner: `encodeH265.crf`. */
  readonly sets: string;
  /** Names of the options that it sets, if `sets` is not an option of its owner: `--size` sets width and height. */
  readonly setsOptions?: readonly string[];
  /** Its effect, with unit and range, for the help. */
  readonly about: string;
  /** The default, only for the help: the owner of the option applies it. */
  readonly defaultText?: string | number | undefined;
  /** Converts the text to the value, or throws UnreadableText. Absent: the text is the value. */
  readonly parse?: (text: string, before: unknown) => unknown;
}

/** Options of one owner, by name. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Options that flags have set, by owner: `{ resize: { fit: 'cover' } }`. */
export type OptionsByOwner = Readonly<Record<string, OptionValues>>;

/** A text that a flag does not accept; the message states the accepted forms. */
export class UnreadableText extends Error {}

/** Reads a decimal number. */
export function readNumber(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new UnreadableText('Expected a number.');
  return Number(text);
}

/** Reads `640x360`, or one side alone: `640x`, `x360`. */
export function readSize(text: string): { width?: number; height?: number } {
  const [, width = '', height = ''] = /^(\d*)x(\d*)$/i.exec(text) ?? [];
  if (width === '' && height === '') throw new UnreadableText('Expected WIDTHxHEIGHT, WIDTHx or xHEIGHT in pixels.');
  return { ...(width !== '' && { width: Number(width) }), ...(height !== '' && { height: Number(height) }) };
}

/** Reads `gop`, a number of frames, or a time: `500ms`. */
export function readChunk(text: string): 'gop' | { frames: number } | { ms: number } {
  if (text === 'gop') return text;
  const [, amount, unit] = /^(\d+)(ms)?$/.exec(text) ?? [];
  if (amount === undefined) throw new UnreadableText("Expected 'gop', a number of frames, or a time such as 500ms.");
  return unit === undefined ? { frames: Number(amount) } : { ms: Number(amount) };
}
