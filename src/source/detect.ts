/** Chooses the kind of a source by its address. */
import { InvalidOption } from '../core/errors/errors.js';
import { redactInvalidUrl, splitCredentials } from '../core/redact/redact.js';
import type { Source } from '../core/source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';

/** The source at an address, of the first kind that matches. @throws InvalidOption for an address of no kind */
export function detectKind(kinds: readonly SourceKind[], address: unknown, options: SourceReadOptions): Source {
  const text = typeof address === 'number' ? String(address) : address;
  const accepted = kinds.map((kind) => kind.accepts).join(', ');
  if (typeof text !== 'string' || text.trim() === '') {
    throw new InvalidOption(`source: ${typeof address === 'string' ? 'an empty text' : String(address)} given; allowed: ${accepted}`);
  }
  if (text.includes('\0')) throw new InvalidOption(`source: an address that contains NUL given; allowed: ${accepted}`);
  if (splitCredentials(text).isAmbiguous === true) {
    throw new InvalidOption(`source: '${redactInvalidUrl(text)}' given, whose password could end at more than one @; allowed: one with %40 for each @ in it, and %2F for each /`);
  }
  const hasBreak = /[\r\n]/.test(text);
  for (const kind of kinds) {
    const source = hasBreak && !kind.acceptsLineBreaks ? undefined : kind.match(text, options);
    if (source !== undefined) return source;
  }
  if (hasBreak) throw new InvalidOption(`source: an address that contains a line break given; allowed: ${accepted}`);
  throw new InvalidOption(`source: '${redactInvalidUrl(text)}' given; allowed: ${accepted}`);
}
