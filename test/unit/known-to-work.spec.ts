/** docs/known-to-work.md is true: each line names tests that exist, and each test of the field has a line. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { tables } from './readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Tests of what the tests are made of. */
const OF_THE_TESTS = ['test/field/inputs.spec.ts'];
/** Heading, kind, what rxcam does, tests. */
const LINES = tables(readFileSync(`${ROOT}docs/known-to-work.md`, 'utf8').replaceAll('`test/', 'test/').replaceAll('.ts`', '.ts')).flatMap(({ heading, rows }) => rows.map((row) => [heading, ...row] as const));

it('has a table for pictures, time, servers, security, messages, and brokers and the machine', () => {
  expect([...new Set(LINES.map(([heading]) => heading))]).toEqual(['Pictures', 'Time', 'Servers', 'Security', 'Messages', 'Brokers and the machine']);
});

it.each(LINES.map(([heading, kind = '', does = '', test = '']) => ({ heading, kind, does, test })))('$heading: $kind: is tested', ({ kind, does, test }) => {
  expect(kind).not.toBe('');
  expect(does).not.toBe('');
  for (const name of test.split(', ')) {
    expect(name).toMatch(/^test\/.*\.spec\.ts$/);
    expect(existsSync(`${ROOT}${name}`), name).toBe(true);
  }
});

it('names every test of the field', () => {
  const named = new Set(LINES.flatMap((line) => (line.at(-1) ?? '').split(', ')));
  const all = readdirSync(`${ROOT}test/field`).filter((name) => name.endsWith('.spec.ts')).map((name) => `test/field/${name}`);
  expect(all.filter((name) => !named.has(name) && !OF_THE_TESTS.includes(name))).toEqual([]);
});
