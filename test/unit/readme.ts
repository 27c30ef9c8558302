/** Reads README.md and the pages of docs/ about the library: their sections, code blocks and tables. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced block. */
export interface Block {
  /** The file that it is in, from the root of the project. */
  readonly page: string;
  readonly language: string;
  readonly code: string;
  /** Number of the first line of its code, from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string;
  /** Whether the page says, in a comment before it, that it runs until it is stopped. */
  readonly endless: boolean;
}

export interface Table {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const ENDLESS = '<!-- runs until it is stopped -->';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['docs/guides', 'docs/operate', 'docs/reference', 'docs/reference/examples', 'docs/project'];

/** README.md and the pages about the library. The lessons, the examples and the errors have tests of their own. */
export const PAGES: readonly string[] = ['README.md', ...FOLDERS.flatMap((folder) => readdirSync(`${ROOT}${folder}`)
  .filter((name) => name.endsWith('.md')).sort().map((name) => `${folder}/${name}`))];

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(`${ROOT}${page}`, 'utf8');
}

/** All pages, one after the other. */
export const MANUAL = PAGES.map(textOf).join('\n');

/** Everything that is fenced, in order: in a text, or in all pages. */
export function blocks(text?: string): Block[] {
  return text === undefined ? PAGES.flatMap((page) => blocksIn(textOf(page), page)) : blocksIn(text, '');
}

function blocksIn(text: string, page: string): Block[] {
  const found: Block[] = [];
  let heading = '';
  let before = '';
  let open: { page: string; language: string; line: number; endless: boolean } | undefined;
  let code: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (open !== undefined && line === '```') {
      found.push({ ...open, code: `${code.join('\n')}\n`, heading });
      open = undefined;
    } else if (open !== undefined) code.push(line);
    else if (line.startsWith('```')) {
      open = { page, language: line.slice(3), line: index + 2, endless: before === ENDLESS };
      code = [];
    } else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    before = line;
  }
  if (open !== undefined) throw new Error(`${page}: the block that begins in line ${open.line} is not closed`);
  return found;
}

/** Everything that is a table, in order. */
export function tables(page: string = MANUAL): Table[] {
  const found: { heading: string; columns: string[]; rows: string[][] }[] = [];
  let heading = '';
  let current: string[][] | undefined;
  for (const line of withoutBlocks(page).split('\n')) {
    if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) current = undefined;
    else if (current === undefined) {
      current = [];
      found.push({ heading, columns: cellsOf(line), rows: current });
    } else if (!line.startsWith('| ---')) current.push(cellsOf(line));
  }
  return found;
}

/** The table below a heading that has these columns. */
export function tableOf(heading: string, ...columns: string[]): Table {
  const found = tables().find((table) => table.heading === heading && columns.every((column) => table.columns.includes(column)));
  if (found === undefined) throw new Error(`no page has a table with ${columns.join(', ')} below '${heading}'`);
  return found;
}

/** The names in backticks in a cell: of an option, a field, an event. */
export function namesIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function withoutBlocks(page: string): string {
  return page.replace(/^```[^]*?^```$/gm, '');
}

/** `\|` is a bar that belongs to a cell. */
function cellsOf(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
