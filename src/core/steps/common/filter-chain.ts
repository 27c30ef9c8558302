/**
 * Reads a chain of filters as ffmpeg does: av_get_token of libavutil/avstring.c and the parser of libavfilter/graphparser.c.
 * A character after a backslash is literal, and so is each one between two single quotes.
 */

/** One filter of a chain. */
export interface ChainFilter {
  readonly name: string;
  /** Its options in order; `key` is absent for an option that is given by its position. */
  readonly options: readonly { readonly key?: string; readonly value: string }[];
}

/** A text that is not one chain of filters; the message states what was expected. */
export class UnreadableChain extends Error {}

/**
 * The filters of a chain.
 * @throws UnreadableChain for a text that is not one chain
 */
export function readChain(text: string): readonly ChainFilter[] {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new UnreadableChain('expected no line break and no other control character');
  const filters: ChainFilter[] = [];
  let at = 0;
  for (;;) {
    const name = readWord(text, at, '=,;[');
    const args = text[name.end] === '=' ? readWord(text, name.end + 1, '[],;') : { word: '', end: name.end };
    filters.push({ name: nameOf(name.word, text[args.end]), options: readOptions(args.word) });
    if (args.end === text.length) return filters;
    if (text[args.end] !== ',') throw wrongSeparator(text[args.end]);
    at = args.end + 1;
  }
}

/** The name of a filter, without the label that may follow it: `scale@small`. */
function nameOf(word: string, next = ''): string {
  const [, name] = /^(\w+)(?:@[\w.-]+)?$/.exec(word) ?? [];
  if (name !== undefined) return name;
  const [found] = /[[\];]/.exec(word + next) ?? [];
  if (found !== undefined) throw wrongSeparator(found);
  throw new UnreadableChain(word === '' ? 'expected the name of a filter on each side of a comma' : `expected the name of a filter in place of ${JSON.stringify(word)}`);
}

function wrongSeparator(found = ''): UnreadableChain {
  return new UnreadableChain(found === ';' ? "expected one chain of filters, without ';'" : "expected no labels, '[' and ']': the chain has one input and one output");
}

interface Word { readonly word: string; readonly end: number }

/** A word up to one of `ends`, without its quotes and backslashes, and without blanks around it that are not quoted. */
function readWord(text: string, from: number, ends: string): Word {
  let word = '';
  let at = from;
  let kept = 0;
  while (text[at] === ' ') at++;
  for (let char = text[at]; char !== undefined && !ends.includes(char); char = text[at]) {
    if (char === '\\') {
      if (at + 1 === text.length) throw new UnreadableChain('expected a character after the last backslash');
      word += text.charAt(at + 1);
      kept = word.length;
      at += 2;
    } else if (char === "'") {
      const close = text.indexOf("'", at + 1);
      if (close < 0) throw new UnreadableChain('expected a second quote after the last one');
      word += text.slice(at + 1, close);
      kept = word.length;
      at = close + 1;
    } else {
      word += char;
      at++;
    }
  }
  return { word: word.slice(0, kept) + word.slice(kept).trimEnd(), end: at };
}

/** Options are separated by colons. The text has lost one level of quoting, and may have another. */
function readOptions(text: string): ChainFilter['options'] {
  const options: { readonly key?: string; readonly value: string }[] = [];
  for (let at = 0; at < text.length; at++) {
    const [start = '', key] = /^\s*(?:(\/?\w+)\s*=)?/.exec(text.slice(at)) ?? [];
    const { word, end } = readWord(text, at + start.length, ':');
    options.push(key === undefined ? { value: word } : { key, value: word });
    at = end;
  }
  return options;
}
