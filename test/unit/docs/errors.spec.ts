/** docs/errors.md has an entry for each code, in the order of ERRORS, and each says what to do and how to see it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ERRORS } from '../../../src/core/errors/errors.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), 'utf8');
const ENTRIES = PAGE.split(/^## /m).slice(1).map((entry) => ({ code: entry.slice(0, entry.indexOf('\n')), text: entry }));

it('has an entry for each code and no other', () => {
  expect(ENTRIES.map(({ code }) => code).sort()).toEqual(Object.keys(ERRORS).sort());
});

it.each(ENTRIES)('$code: names its class, what to do, and how to see it', ({ code, text }) => {
  expect(text).toContain(`\`${ERRORS[code as keyof typeof ERRORS].name}\``);
  expect(text).toMatch(/^\*\*What to do\.\*\* \S/m);
  expect(text).toMatch(/^(\*\*See it\.\*\* \S|```sh$)/m);
});
