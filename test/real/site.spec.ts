/** The site of the documentation, as it is built: no link is dead, nothing is loaded from elsewhere, search works, and axe finds nothing. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../services/index.js';
import { axeFinds, open, startBrowser } from './apps/dashboard-kit.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SITE = `${ROOT}docs/.vitepress/dist`;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2' };
/** One of each kind: the home page, a guide with tables and diagrams, a decision tree, a page of the reference, a list of errors. */
const LOOKED_AT = ['', 'guides/statistics', 'reference/which-operator', 'reference/api/rxcam/functions/camera', 'errors'];

/** Where a page of the site is: as servers with clean addresses find it. */
function fileOf(path: string): string | undefined {
  const bare = decodeURIComponent(path).replace(/^\//, '');
  return [bare, `${bare}.html`, posix.join(bare, 'index.html')].map((name) => join(SITE, name)).find((file) => existsSync(file) && statSync(file).isFile());
}

const files = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });
const newest = (folder: string) => Math.max(...files(folder).filter((name) => /^(?!\.vitepress\/dist|reference\/api|.*node_modules).*\.(md|mjs)$/.test(name)).map((name) => statSync(join(folder, name)).mtimeMs));

/** `npm run check` has built it already, if it has run. */
async function siteIsBuilt(): Promise<void> {
  const page = join(SITE, 'index.html');
  if (!existsSync(page) || statSync(page).mtimeMs < newest(`${ROOT}docs`)) await execa('npm', ['run', 'docs:build'], { cwd: ROOT });
}

needs('chromium')('the site of the documentation', () => {
  let browser: Browser;
  let server: Server;
  let address = '';

  beforeAll(async () => {
    await siteIsBuilt();
    server = createServer((request, response) => {
      const file = fileOf(new URL(request.url ?? '', 'http://site').pathname);
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });

  it('has no dead link and no dead anchor', () => {
    const pages = new Map(files(SITE).filter((name) => name.endsWith('.html')).map((name) => [name, readFileSync(join(SITE, name), 'utf8')]));
    const ids = new Map([...pages].map(([name, html]) => [join(SITE, name), new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]));
    const dead = [...pages].flatMap(([name, html]) => [...html.matchAll(/<(?:a|img|link|script)\b[^>]* (?:href|src)="([^"]*)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'))
      .filter((link) => !/^(https?|mailto|data):/.test(link)).filter((link) => {
      const { pathname, hash } = new URL(link, `http://site/${name}`);
      const file = fileOf(pathname);
      return file === undefined || (hash !== '' && file.endsWith('.html') && !ids.get(file)?.has(decodeURIComponent(hash.slice(1))));
    }).map((link) => `${name}: ${link}`));
    expect(pages.size).toBeGreaterThan(50);
    expect(dead).toEqual([]);
  });

  it('has an llms.txt whose links exist, and every page in it', () => {
    const text = readFileSync(join(SITE, 'llms.txt'), 'utf8');
    const links = [...text.matchAll(/\]\(([^)]*)\): \S/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !existsSync(join(SITE, link)))).toEqual([]);
    const pages = files(`${ROOT}docs`).filter((name) => /^(?!\.vitepress|reference\/(api|examples)|examples\/(?!README)).*\.md$/.test(name) && name !== 'index.md');
    expect(pages.filter((page) => !links.includes(page))).toEqual([]);
  });

  it.each(LOOKED_AT.flatMap((page) => (['light', 'dark'] as const).map((scheme) => [page, scheme] as const)))('/%s, %s: axe finds nothing, and nothing comes from elsewhere', async (path, scheme) => {
    const { page, complaints } = await open(browser, address + path, { colorScheme: scheme, reducedMotion: 'reduce' });
    await page.waitForLoadState('networkidle');
    expect(await axeFinds(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('finds a word by its own search', async () => {
    const { page, complaints } = await open(browser, address);
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.locator('.VPLocalSearchBox input').fill('skipUnchanged');
    await page.locator('.VPLocalSearchBox .result').first().waitFor();
    expect(await page.locator('.VPLocalSearchBox .result').first().innerText()).toContain('skipUnchanged');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
