/** Writes the examples of a page of docs/ where a test can import them: the package's entries are those of the checkout. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blocks } from './readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { exports: Readonly<Record<string, string | { readonly types: string }>> };
/** The source of each entry. */
const ENTRIES: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(exports).flatMap(([entry, target]) => (
  typeof target === 'string' ? [] : [[entry.replace('.', 'rxcam'), target.types.replace('./dist/', '').replace(/[.]d[.]ts$/, '.ts')]]
)));

/** The examples of a page by their file name; `examples['ndjson.ts']` is the path of one. */
export function examplesOf(page: string): Readonly<Record<string, string>> {
  const folder = `${ROOT}.cache/docs/${page.replace('.md', '')}`;
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(blocks(readFileSync(`${ROOT}docs/${page}`, 'utf8')).flatMap(({ language, code }) => {
    const name = language === 'ts' ? /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1] : undefined;
    if (name === undefined) return [];
    writeFileSync(`${folder}/${name}`, code.replace(/from '(rxcam(?:\/\w+)?)';/g, (_, entry: string) => `from '${ROOT}${ENTRIES[entry] ?? entry}';`));
    return [[name, `${folder}/${name}`]];
  }));
}
