/**
 * `npm run bench dashboard [CAMERAS] [SECONDS]`: the CPU that the dashboard takes with cameras of one picture a second, in percent of a core:
 * in the server without a page and with one page open, and in the browser. `npm run bench dashboard fleet [CAMERAS] [SECONDS]`: the same for
 * the page of a fleet of 1,000 cameras on ten workers, with all of its rows drawn. Needs Debian's chromium.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../services/chromium.mjs';

const isFleet = process.argv[2] === 'fleet';
const [cameras = isFleet ? 1_000 : 300, seconds = 20] = process.argv.slice(isFleet ? 3 : 2).map(Number);
const worker = spawn(process.execPath, [fileURLToPath(new URL(isFleet ? 'fleet-dashboard-worker.mjs' : 'dashboard-worker.mjs', import.meta.url)), String(cameras)], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(worker.stdout, 'data');
const url = String(line).trim();

/** User and system CPU seconds of processes, without those of their children. */
function cpu(pids) {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

/** The pids of the processes that have this text in their command: those of a browser all contain its profile's folder. */
function browserPids(text) {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

async function percent(pids) {
  const [before, at] = [cpu(pids()), performance.now()];
  await new Promise((resolve) => { setTimeout(resolve, seconds * 1_000); });
  return ((cpu(pids()) - before) / ((performance.now() - at) / 1_000)) * 100;
}

const server = () => [worker.pid];
// Until the worker's start is complete.
await new Promise((resolve) => { setTimeout(resolve, 5_000); });
const alone = await percent(server);
const context = await chromium.launchPersistentContext('', { ...CHROMIUM, viewport: { width: 1_920, height: 1_080 } });
try {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(url);
  if (isFleet) await page.getByRole('button', { name: /^Show \d+ more$/ }).click();
  await page.locator(isFleet ? '.fleet .row' : '.card').nth(cameras - 1).waitFor({ state: 'attached' });
  await new Promise((resolve) => { setTimeout(resolve, 5_000); });
  const profile = /--user-data-dir=(\S+)/.exec(readFileSync(`/proc/${browserPids('--user-data-dir=')[0]}/cmdline`, 'utf8').replaceAll('\0', ' '))?.[1] ?? '';
  const [open, browser] = await Promise.all([percent(server), percent(() => browserPids(profile))]);
  console.log(`${cameras} cameras${isFleet ? ' of a fleet' : ' at 1 Hz'}, 1920x1080, ${seconds} s`);
  console.log(`server: ${alone.toFixed(1)} % of a core without a page, ${open.toFixed(1)} % with one page: ${(open - alone).toFixed(1)} % for the page (limit: 10)`);
  console.log(`browser, all processes: ${browser.toFixed(1)} % of a core (limit: 30)`);
} finally {
  await context.close();
  worker.kill();
}
