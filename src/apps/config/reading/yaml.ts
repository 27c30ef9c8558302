/** Parses YAML, and thus JSON, into located values. Its messages never quote the file, because a password may be near the mistake. */
import { type Document, type ErrorCode, LineCounter, type Node, type YAMLError, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Problems } from './problems.js';
import { type Located, NOWHERE, type Position, type Scalar, itemsOf, memberPath, membersOf } from './located.js';

/** Largest file; ten thousand cameras need half of it. */
const MAX_CHARACTERS = 16_000_000;
/** Maximum number of values in a file, with those of aliases counted each time: aliases of aliases would fill the memory. */
const MAX_VALUES = 200_000;
/** Deepest nesting. */
const MAX_DEPTH = 64;
/** Maximum number of reported syntax errors, because one causes others after it. */
const MAX_SYNTAX = 3;

/** Messages by error code, because the library's own messages quote the file. */
const SYNTAX: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: 'an alias with an anchor or a tag',
  BAD_ALIAS: 'an alias without a name',
  BAD_DIRECTIVE: 'a %-line that YAML 1.2 does not have',
  BAD_DQ_ESCAPE: 'an unknown escape in a text in double quotes; write \\\\ for \\',
  BAD_INDENT: 'wrong indentation: the keys of one map and the items of one list start in the same column',
  BAD_SCALAR_START: 'a text that starts with a reserved character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: "two keys on one line; put a text with ': ' in it in quotes",
  BLOCK_IN_FLOW: 'an indented block within { } or [ ]',
  DUPLICATE_KEY: 'the key occurs twice',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters',
  MISSING_CHAR: "a quote, bracket, comma, ':' or space is missing here or before",
  MULTILINE_IMPLICIT_KEY: "a key of several lines; is a quote or a ':' missing?",
  MULTIPLE_ANCHORS: 'two anchors for one value',
  MULTIPLE_DOCS: 'a second document begins; expected one in a file',
  MULTIPLE_TAGS: 'two tags for one value',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab in the indentation; use spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; a configuration needs none',
};

/** Parses a text; undefined if it can't be parsed, and the reasons are added to `problems`. */
export function readYaml(text: string, problems: Problems): Located | undefined {
  if (text.length > MAX_CHARACTERS) {
    problems.add({ at: { line: 1, column: 1 }, path: '' }, `${text.length} characters, at most ${MAX_CHARACTERS} are read`);
    return undefined;
  }
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', version: '1.2', strict: true, logLevel: 'error' });
  const errors = [...parsed.errors, ...parsed.warnings];
  if (errors.length > 0) {
    reportErrors(errors, text, lines, problems);
    return undefined;
  }
  return new Reader(parsed, lines, problems).root();
}

function reportErrors(errors: readonly YAMLError[], text: string, lines: LineCounter, problems: Problems): void {
  const deep = errors.filter(({ code }) => code === 'RESOURCE_EXHAUSTION').slice(0, 1);
  const duplicates = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const others = errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, MAX_SYNTAX);
  for (const { code, pos: [offset] } of deep.length > 0 ? deep : [...others, ...duplicates]) {
    problems.add({ at: positionOf(lines, offset), path: '' }, messageOf(code, text.slice(Math.max(0, offset - 1), offset + 1)));
  }
}

function messageOf(code: ErrorCode, around: string): string {
  // Within braces and brackets, YAML reads it as a map.
  if (code === 'UNEXPECTED_TOKEN' && around === '${') return 'a ${…} within { } or [ ] without quotes; write "${…}"';
  return SYNTAX[code] ?? 'not valid YAML here; is a quote, a bracket or indentation wrong before it?';
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Converts a document in one pass, with its aliases and merges. */
class Reader {
  #values = 0;
  #isFull = false;
  /** The values around the current one: an alias to one of them would be a cycle. */
  readonly #open = new Set<Node>();

  constructor(readonly parsed: Document.Parsed, readonly lines: LineCounter, readonly problems: Problems) {}

  root(): Located | undefined {
    const root = this.#read(this.parsed.contents, '', { line: 1, column: 1 });
    return this.#isFull ? undefined : root;
  }

  #read(node: Node | null, path: string, keyAt: Position): Located {
    const at = node?.range === null || node?.range === undefined ? keyAt : positionOf(this.lines, node.range[0]);
    const made = (value: Located['value']): Located => ({ at, keyAt: keyAt === NOWHERE ? at : keyAt, path, value });
    this.#values += 1;
    if (node === null || this.#isFull) return made(null);
    const bound = this.#values > MAX_VALUES ? `more than ${MAX_VALUES} values, those of aliases counted each time` : this.#open.size > MAX_DEPTH ? 'nested too deeply' : undefined;
    if (bound !== undefined) {
      this.#isFull = true;
      return this.#wrong(made(null), bound);
    }
    if (isScalar(node)) return isPlain(node.value) ? made(node.value) : this.#wrong(made(null), 'a tag whose value is not a text, number, true, false or null; a configuration needs none');
    const inner = isAlias(node) ? node.resolve(this.parsed) : node;
    if (inner === undefined) return this.#wrong(made(null), 'an alias without an anchor before it');
    if (this.#open.has(inner)) return this.#wrong(made(null), 'an alias to a value that contains it');
    if (inner !== node) return { ...this.#read(inner, path, keyAt), keyAt };
    this.#open.add(inner);
    try {
      if (isSeq<Node | null>(inner)) return made(inner.items.map((item, index) => this.#read(item, `${path}[${index}]`, NOWHERE)));
      return isMap<Node | null, Node | null>(inner) ? made(this.#members(inner.items, path)) : made(null);
    } finally {
      this.#open.delete(inner);
    }
  }

  #members(pairs: readonly { readonly key: Node | null; readonly value: Node | null }[], path: string): Map<string, Located> {
    const members = new Map<string, Located>();
    const merged: Located[] = [];
    for (const { key, value } of pairs) {
      const keyAt = key?.range === null || key?.range === undefined ? NOWHERE : positionOf(this.lines, key.range[0]);
      const name = nameOf(key);
      if (name === undefined || name === '__proto__') {
        this.problems.add({ at: keyAt, path }, name === undefined ? 'a key that is not a text' : 'the key __proto__ is not allowed');
      } else if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        merged.push(this.#read(value, path, keyAt));
      } else {
        members.set(name, this.#read(value, memberPath(path, name), keyAt));
      }
    }
    return this.#withMerged(members, merged);
  }

  /** `<<: *base`, `<<: [*first, *second]`: existing keys win. */
  #withMerged(members: Map<string, Located>, merged: readonly Located[]): Map<string, Located> {
    for (const base of merged.flatMap((one) => itemsOf(one) ?? [one])) {
      const inner = membersOf(base);
      if (inner === undefined) this.#wrong(base, "expected a map, or a list of maps, for '<<'");
      for (const [name, value] of inner ?? []) if (!members.has(name)) members.set(name, value);
    }
    return members;
  }

  #wrong(node: Located, text: string): Located {
    this.problems.add(node, text);
    return node;
  }
}

function isPlain(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A number or a word as a key is used as it is written. */
function nameOf(key: Node | null): string | undefined {
  if (!isScalar(key) || key.value === null || !isPlain(key.value)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source ?? String(key.value);
}
