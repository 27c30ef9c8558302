/** Parsers of the codec and the numbers in a received message, which return undefined for any other text. */
import type { Codec } from '../core/frame/frame.js';

const CODECS: readonly string[] = ['h265', 'h264', 'jpeg'] satisfies Codec[];

/** A whole number of 0 or more, in decimal digits. */
export function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A whole number in decimal digits, also below 0, such as the media time of a hidden picture. */
export function parseInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A codec that rxcam knows. */
export function parseCodec(word: unknown): Codec | undefined {
  return CODECS.includes(word as string) ? word as Codec : undefined;
}
