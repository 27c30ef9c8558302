/** Opens the dashboard in Debian's Chromium, and keeps what must not happen: requests elsewhere, errors, refusals by the policy. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { buildPage } from '../../../src/apps/dashboard/build-page.mjs';
import { CHROMIUM } from '../../services/chromium.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Builds the page as its sources are now, where the sources of the server look for it. Another test may read it, or build it, meanwhile. */
export async function pageIsBuilt(folder = `${ROOT}dist/bundle/dashboard-page`): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const built = mkdtempSync(`${folder}-`);
  await buildPage(built);
  for (const name of readdirSync(built)) renameSync(`${built}/${name}`, `${folder}/${name}`);
  rmdirSync(built);
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch(CHROMIUM);
}

export interface Opened {
  readonly page: Page;
  /** Complaints of the browser, and requests that went elsewhere. */
  readonly complaints: readonly string[];
}

export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith('blob:')) complaints.push(`request to ${request.url()}`); });
  await page.goto(url);
  return { page, complaints };
}

/** The findings of axe, one line each. */
export async function axeFinds(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.replaceAll('\n', ' ')}`));
}

/** Whether a canvas shows more than one colour. */
export function isDrawn(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)});
    if (canvas === null || canvas.classList.contains('empty')) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4 * 97) colours.add(data[at] >> 5 | data[at + 1] >> 5 << 3 | data[at + 2] >> 5 << 6);
    return colours.size > 5;
  })()`);
}
