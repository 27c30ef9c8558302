/** The names that each entry of the package has: other names are not part of the public API. */
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PUBLIC_NAMES } from './public-names.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { exports: Record<string, { types: string } | string> };
const ENTRIES = Object.entries(exports).flatMap(([entry, target]) => (
  typeof target === 'string' ? [] : [[entry, target.types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts')] as const]
));

/** The names that a file exports, those of `export *` included. */
function namesOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(`${ROOT}${file}`, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (exportClause !== undefined && ts.isNamedExports(exportClause)) return exportClause.elements.map(({ name }) => name.text);
    const from = (moduleSpecifier as ts.StringLiteral).text.replace(/\.js$/, '.ts');
    return namesOf(new URL(from, `file:///${file}`).pathname.slice(1));
  });
}

describe.each(ENTRIES)('the entry %s', (entry, file) => {
  it('exports the names of its list, and no other', () => {
    expect(namesOf(file).sort()).toEqual([...PUBLIC_NAMES[entry] ?? []].sort());
  });
});

it('keeps helpers of the kernel inside', () => {
  const all = Object.values(PUBLIC_NAMES).flat();
  expect(['failure', 'failureOf', 'fold', 'EMPTY_LEDGER', 'statsOf', 'inFlight'].filter((name) => all.includes(name))).toEqual([]);
});
