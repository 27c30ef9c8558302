/** A flag of the command line, and the parsing of its value. */

/** One flag: it sets one option of one operator, of `camera`, of a broker, or of the program itself. */
export interface Flag {
  /** In commander's notation: `--crf <n>`, `--hardware [name]`, `--no-retry`. */
  readonly flags: string;
  /** The option that it sets, with its owner: `encodeH265.crf`. */
  readonly sets: string;
  /** The options that it sets together, if `sets` is not an option of its owner: `--size` sets width and height. */
  readonly setsOptions?: readonly string[];
  /** Its effect, with unit and range, for the help. */
  readonly about: string;
  /** The default, only for the help: the option's owner applies its own. */
  readonly defaultText?: string | number | undefined;
  /** Reads the text, or throws UnreadableText; without it the text is the value. */
  readonly parse?: (text: string, before: unknown) => unknown;
}

/** The options that the flags of one owner have set, by name. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Options by owner, as they were read: `{ resize: { fit: 'cover' } }`. */
export type OptionsByOwner = Readonly<Record<string, OptionValues>>;

/** A text that a flag does not accept; the message states the accepted forms. */
export class UnreadableText extends Error {}

/** A decimal number. */
export function readNumber(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new UnreadableText('Expected a number.');
  return Number(text);
}

/** `640x360`, or one side alone: `640x`, `x360`. */
export function readSize(text: string): { width?: number; height?: number } {
  const [, width = '', height = ''] = /^(\d*)x(\d*)$/i.exec(text) ?? [];
  if (width === '' && height === '') throw new UnreadableText('Expected WIDTHxHEIGHT, WIDTHx or xHEIGHT in pixels.');
  return { ...(width !== '' && { width: Number(width) }), ...(height !== '' && { height: Number(height) }) };
}

/** `gop`, a number of frames, or a time: `500ms`. */
export function readChunk(text: string): 'gop' | { frames: number } | { ms: number } {
  if (text === 'gop') return text;
  const [, amount, unit] = /^(\d+)(ms)?$/.exec(text) ?? [];
  if (amount === undefined) throw new UnreadableText("Expected 'gop', a number of frames, or a time such as 500ms.");
  return unit === undefined ? { frames: Number(amount) } : { ms: Number(amount) };
}
