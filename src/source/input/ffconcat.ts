/** Writes the script from which ffmpeg's concat demuxer reads an address on stdin, so that the address is not in the process list. */
import { InvalidOption } from '../../core/errors/errors.js';

/**
 * A script of one file and its options.
 * @param address - quoted here; any characters except line breaks and NUL, which would start another directive
 * @param options - of the demuxer and protocol that open the address; left out if `supportsOption` is false
 * @throws InvalidOption for a line break or NUL
 */
export function ffconcat(
  address: string, options: Readonly<Record<string, string | number>>, { supportsOption }: { supportsOption: boolean },
): string {
  const lines = ['ffconcat version 1.0', `file ${quoted(address)}`];
  if (supportsOption) {
    for (const [name, value] of Object.entries(options)) lines.push(`option ${name} ${quoted(String(value))}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Quotes a text: between quotes, ffmpeg reads every character literally, except the quote. */
function quoted(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new InvalidOption('source: a line break or NUL in an address or option given; allowed: none');
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
