/** Every relative link of the project's Markdown leads to a file or folder that exists, and to a heading that the page has. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { anchorOf } from '../../../docs/.vitepress/anchors.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SKIPPED = /(^|\/)(node_modules|dist|api)\//;
const below = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const PAGES = [
  ...readdirSync(ROOT), ...['.github', 'docs', 'src', 'operators', 'marbles', 'test'].flatMap(below),
].filter((name) => name.endsWith('.md') && !SKIPPED.test(name)).sort();

const withoutCode = (text: string) => text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** Headings with the code in them, without blocks. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

it.each(PAGES)('%s', (page) => {
  const links = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
  const dead = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !(target.endsWith('.md') && anchorsOf(target).includes(anchor));
  });
  expect(dead).toEqual([]);
});

it('finds pages', () => {
  expect(PAGES.length).toBeGreaterThan(40);
});
