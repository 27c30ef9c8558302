/** Every public name has an example: in its doc comment, or in docs/reference/examples. test/real/readme.spec.ts compiles them. */
import { expect, it } from 'vitest';
import { DOCUMENTED } from '../doc-comments.js';
import { PUBLIC_NAMES } from '../public-names.js';
import { PAGES, blocks, textOf } from '../readme.js';

const SHOWN = PAGES.filter((page) => page.startsWith('docs/reference/examples/')).flatMap((page) => blocks(textOf(page)))
  .filter(({ language }) => language === 'ts').map(({ heading, code }) => ({ names: heading.split(', '), code }));
const ALL = new Set(Object.values(PUBLIC_NAMES).flat());

it('has an example for each public name', () => {
  const shown = new Set([...DOCUMENTED.map(({ name }) => name), ...SHOWN.flatMap(({ names }) => names)]);
  expect([...ALL].filter((name) => !shown.has(name))).toEqual([]);
});

it.each(SHOWN)('shows $names in their example', ({ names, code }) => {
  expect(names.filter((name) => !ALL.has(name))).toEqual([]);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});
