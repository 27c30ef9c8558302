/** Chooses the kind of a source by its address. */
import { InvalidOption } from '../core/errors/errors.js';
import { redactInvalidUrl, splitCredentials } from '../core/redact/redact.js';
import type { Source } from '../core/source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';

/** @throws InvalidOption for an address of no kind */
export function detectKind(kinds: readonly SourceKind[], address: unknown, options: SourceReadOptions): Source {
  const text = typeof address === 'number' ? String(address) : address;
  const takes = kinds.map((kind) => kind.takes).join(', ');
  if (typeof text !== 'string' || text.trim() === '') {
    throw new InvalidOption(`source: ${typeof address === 'string' ? 'an empty text' : String(address)} given; allowed: ${takes}`);
  }
  if (text.includes('\0')) throw new InvalidOption(`source: an address that contains NUL given; allowed: ${takes}`);
  if (splitCredentials(text).isAmbiguous === true) {
    throw new InvalidOption(`source: '${redactInvalidUrl(text)}' given, whose password could end at more than one @; allowed: one with %40 for each @ in it, and %2F for each /`);
  }
  const hasBreak = /[\r\n]/.test(text);
  for (const kind of kinds) {
    const source = hasBreak && !kind.takesBreaks ? undefined : kind.match(text, options);
    if (source !== undefined) return source;
  }
  if (hasBreak) throw new InvalidOption(`source: an address that contains a line break given; allowed: ${takes}`);
  throw new InvalidOption(`source: '${redactInvalidUrl(text)}' given; allowed: ${takes}`);
}
