/** Chooses the kind of a source by its address. */
import { InvalidOption } from '../errors.js';
import { redact } from '../redact.js';
import type { Source, SourceKind, SourceOptions } from './source.js';

export function detect(kinds: readonly SourceKind[], address: unknown, options: SourceOptions): Source {
  const text = typeof address === 'number' ? String(address) : address;
  const takes = kinds.map((kind) => kind.takes).join(', ');
  if (typeof text !== 'string' || text.trim() === '') {
    throw new InvalidOption(`source: ${typeof address === 'string' ? 'an empty text' : String(address)} given; allowed: ${takes}`);
  }
  if (/[\0\r\n]/.test(text)) throw new InvalidOption(`source: an address with a line break or a NUL in it given; allowed: ${takes}`);
  for (const kind of kinds) {
    const source = kind.match(text, options);
    if (source !== undefined) return source;
  }
  throw new InvalidOption(`source: '${redact(text)}' given; allowed: ${takes}`);
}
