/** docs/errors.md has an entry for each code, in the order of ERRORS, and each says what to do and how to see it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { anchorOf } from '../../../docs/.vitepress/anchors.mjs';
import { ERRORS } from '../../../src/core/errors/errors.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), 'utf8');
const ENTRIES = PAGE.split(/^## /m).slice(1).map((entry) => ({ code: entry.slice(0, entry.indexOf('\n')), text: entry }));

it('has an entry for each code and no other', () => {
  expect(ENTRIES.map(({ code }) => code).sort()).toEqual(Object.keys(ERRORS).sort());
});

it.each(Object.entries(ERRORS))('%s: an error names its entry, and so does one of a class derived from it', (code, Type) => {
  const { page = '' } = new Type('no');
  const [file, anchor] = page.split('#');
  expect(file).toBe('docs/errors.md');
  expect(ENTRIES.map((entry) => anchorOf(entry.code))).toContain(anchor);
  expect(anchor).toBe(code.toLowerCase());
  expect(Reflect.construct(Type, ['no'], class extends Type {})).toMatchObject({ page });
});

it.each(ENTRIES)('$code: names its class, what to do, and how to see it', ({ code, text }) => {
  expect(text).toContain(`\`${ERRORS[code as keyof typeof ERRORS].name}\``);
  expect(text).toMatch(/^\*\*What to do\.\*\* \S/m);
  expect(text).toMatch(/^(\*\*See it\.\*\* \S|```sh$)/m);
});
