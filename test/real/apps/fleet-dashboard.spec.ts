/** The whole fleet in a real browser, on the dashboard of each worker: trouble first, links to the owner, tokens that stay where they are. */
import { hostname } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { Observable, type Subscription, lastValueFrom, takeUntil } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Dashboard, type DashboardConfig, dashboard } from '../../../src/apps/dashboard/index.js';
import { type Broker, type Camera, camera, encodeJpeg, memory, publish, redis, retry, toMessage } from '../../../src/index.js';
import { type Coordinator, type FleetState, coordinator, fleet } from '../../../src/fleet/index.js';
import { needs, sharedRedis, threeQuestions } from '../../services/index.js';
import { MAIN, build, run, start } from './cli-program.js';
import { axeFinds, isDrawn, open, pageIsBuilt, startBrowser } from './dashboard-kit.js';

/** A page shows a change, or the effect of a click, a moment later. */
const POLL = { timeout: 10_000 };

const NASTY = '<img src=x onerror=alert(1)> "\'& 日本';
const SECRET = 'S3cret-of-the-fleet';
const TOKENS = ['token-of-the-first-worker', 'token-of-the-second-one'];

let fleets = 0;

/** A worker with its dashboard, in this process; the coordinator is a real Redis. */
class Worker {
  readonly cameras = new Set<Camera>();
  readonly broker: Broker = memory();
  readonly all: Camera[] = [];
  state: FleetState | undefined;
  page!: Dashboard;
  #running: Subscription | undefined;

  constructor(readonly name: string, readonly group: Coordinator) {}

  async start(config: DashboardConfig = {}): Promise<this> {
    this.page = await dashboard(() => this.cameras, { brokers: [this.broker], fleet: this.group, worker: () => this.state, port: 0, ...config });
    this.#running = fleet<{ source: string }>({
      coordinator: this.group, worker: this.name, capacity: 4, dashboard: this.page.publicUrl,
      run: ({ source }, { key, fence, stop$, report }) => {
        const one = camera(source, { key });
        this.cameras.add(one);
        this.all.push(one);
        const reporting = one.stats$.subscribe(({ state, rate, published, lastError }) => {
          report({ state, fpsIn: rate.captured, fpsOut: rate.published, published, cost: 0.01, ...(lastError !== undefined && { error: lastError, errorAt: Date.now() }) });
        });
        return new Observable((subscriber) => {
          subscriber.add(() => {
            reporting.unsubscribe();
            this.cameras.delete(one);
          });
          const messages$ = one.pipe(encodeJpeg(), retry({ initialMs: 60_000, maxMs: 60_000 }), toMessage());
          subscriber.add(messages$.pipe(takeUntil(stop$), publish(this.broker, { topic: key, fence })).subscribe(subscriber));
        });
      },
    }).subscribe((state) => { this.state = state; });
    return this;
  }

  /** Gives its slots up. */
  leave(): void { this.#running?.unsubscribe(); }

  async end(): Promise<void> {
    this.leave();
    await this.page.close();
    await this.broker.close();
    this.group.close();
  }
}

needs('ffmpeg', 'chromium')('a fleet in a browser', () => {
  let browser: Browser;
  let url = '';
  const workers: Worker[] = [];
  const brokers: Broker[] = [];
  beforeAll(async () => {
    await pageIsBuilt();
    [browser, { url }] = await Promise.all([startBrowser(), sharedRedis()]);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((one) => one.end()));
    await Promise.all(brokers.splice(0).map((one) => one.close()));
  });
  afterAll(() => browser.close());

  /** A separate fleet, with rows that dead workers have left. */
  async function newFleet(cameras: Readonly<Record<string, object>>, rows: Readonly<Record<string, object>> = {}): Promise<() => Coordinator> {
    const name = `dashboard-${++fleets}-${process.pid}`;
    const connect = () => {
      const broker = redis({ url });
      brokers.push(broker);
      return coordinator(broker, { name, slots: 16 });
    };
    const first = connect();
    const written = (table: 'cameras' | 'workers', all: Readonly<Record<string, object>>) =>
      lastValueFrom(first.write(table, Object.entries(all).map(([key, value]) => ({ key, value: JSON.stringify(value) }))), { defaultValue: undefined });
    await written('cameras', cameras);
    await written('workers', rows);
    first.close();
    return connect;
  }

  const rowOf = (page: Page, name: string) => page.locator('.fleet .row', { hasText: name });
  const source = 'test:?size=160x120&fps=5';

  it('begins with what is unplaced, then workers that are gone, then cameras in trouble; names are text, secrets are none, and axe finds nothing', async () => {
    const connect = await newFleet({
      [NASTY]: { source }, yard: { source }, roof: { source }, dock: { source },
      gate: { source: `rtsp://user:${SECRET}@127.0.0.1:9/s`, password: SECRET }, far: { source, labels: ['on no worker'] },
    }, { 'worker/<b>dead</b>': { at: Date.now() - 125_000, status: 'member', generation: 0, capacity: 4, load: 1, cameras: 3, version: '0.1.0', dashboard: 'javascript:alert(1)' } });
    workers.push(...await Promise.all(['one', 'two'].map((name) => new Worker(name, connect()).start())));
    const [one, two] = workers as [Worker, Worker];
    const { page, complaints } = await open(browser, one.page.url);
    await page.locator('.fleet .row.good').nth(3).waitFor();
    await rowOf(page, 'gate').locator('.state.bad').waitFor();
    expect(await page.locator('.alarm').textContent()).toMatch(/1 camera is unplaced.*far.*one of its labels: on no worker.*What to do: start another worker/s);
    expect(await page.locator('header').textContent()).toMatch(/1 unplaced, 1 down, 1 worker gone · 4 of 6 well.*Fleet.*This worker: one/);
    expect(await page.title()).toBe('▲ 1 unplaced, 1 down, 1 worker gone · rxcam');
    await expect.poll(() => page.locator('.worker strong').allTextContents(), POLL).toEqual(['<b>dead</b>', 'one', 'two']);
    expect(await page.locator('.worker.bad').textContent()).toMatch(/Gone.*had 3 cameras.*last heard of 2 min \d+ s ago/s);
    await expect.poll(() => page.locator('.worker.bad a').count(), POLL).toBe(0);
    await expect.poll(async () => (await page.locator('.fleet .name').allTextContents()).map((name) => name.split(' ↗')[0]), POLL).toEqual(['far', 'gate', NASTY, 'dock', 'roof', 'yard']);
    expect(await rowOf(page, 'gate').textContent()).toMatch(/SOURCE_REFUSED/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFinds(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await axeFinds(page)).toEqual([]);
    await page.setViewportSize({ width: 1_280, height: 800 });

    // Filters: by trouble, by worker, by name.
    await page.getByRole('button', { name: /^Down/ }).click();
    await expect.poll(() => page.locator('.fleet .row').count(), POLL).toBe(1);
    await page.getByRole('button', { name: /^All/ }).click();
    await page.getByRole('button', { name: 'Its cameras: only those of two' }).click();
    await expect.poll(async () => new Set(await page.locator('.fleet .owner').allTextContents()), POLL).toEqual(new Set(['two']));
    await page.getByRole('button', { name: /^Only worker two/ }).click();
    await page.getByLabel('Find').fill('日本');
    await expect.poll(() => page.locator('.fleet .row').count(), POLL).toBe(1);
    await page.getByLabel('Find').fill('');

    // Details of any camera, without secrets.
    await page.goto(`${two.page.url}#/camera/far`);
    await page.locator('pre').waitFor();
    expect(await page.locator('main').textContent()).toMatch(/Unplaced.*on no worker/s);
    expect(await axeFinds(page)).toEqual([]);
    for (const key of ['gate', 'dock']) {
      const config = await (await fetch(`${one.page.url}api/fleet/config?id=${key}`)).text();
      expect(config).toContain('source: ');
      if (key === 'gate') expect(config).not.toContain(SECRET);
    }
    expect(await (await fetch(`${one.page.url}metrics`)).text()).toMatch(/rxcam_fleet_worker_state\{fleet="dashboard-\d+-\d+",worker="one",state="member"\} 1/);
    // This test has opened the other worker's page, which no page does by itself.
    expect(complaints.filter((one) => !one.startsWith(`request to ${two.page.url}`))).toEqual([]);
    await page.context().close();
    await Promise.all(workers.map((worker) => { worker.leave(); return worker.page.close(); }));
    await threeQuestions({ stats: workers.flatMap(({ all }) => all.map(({ stats }) => stats)) });
  }, 120_000);

  it('leads from a camera to its live view on the dashboard of its worker, and shows its own as they come and go', async () => {
    const connect = await newFleet(Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`cam ${index}`, { source }])));
    workers.push(...await Promise.all(['one', 'two'].map((name) => new Worker(name, connect()).start())));
    const [one, two] = workers as [Worker, Worker];
    const { page } = await open(browser, one.page.url);
    await page.locator('.fleet .row.good').nth(5).waitFor();
    await page.locator('.fleet .row', { has: page.locator('.owner', { hasText: 'two' }) }).locator('a').first().click();
    await page.waitForURL(`${two.page.url}#/camera/**`);
    await expect.poll(() => isDrawn(page, '.camera .picture canvas'), { timeout: 30_000 }).toBe(true);
    await page.goto(`${two.page.url}#/here`);
    await page.locator('.card').first().waitFor();
    const before = await page.locator('.card').count();
    expect(before).toBe(two.cameras.size);
    one.leave();
    await expect.poll(() => page.locator('.card').count(), { timeout: 30_000 }).toBe(6);
    await expect.poll(() => isDrawn(page, '.card:nth-child(6) canvas'), { timeout: 30_000 }).toBe(true);
    await page.context().close();
  }, 120_000);

  it('asks for the token of the dashboard that a link leads to, once, and no link and no report has one', async () => {
    const connect = await newFleet({ gate: { source }, yard: { source }, roof: { source } });
    workers.push(await new Worker('one', connect()).start({ token: TOKENS[0] }));
    workers.push(await new Worker('two', connect()).start({ token: TOKENS[1], publicUrl: 'http://localhost:1/' }));
    const [one, two] = workers as [Worker, Worker];
    // The port is known only now: the name is that of another site for a browser.
    const elsewhere = `http://localhost:${two.page.port}/`;
    const { page } = await open(browser, one.page.url);
    const links = async () => (await page.locator('.fleet a.name, .fleet .name a').evaluateAll((all: { href: string }[]) => all.map(({ href }) => href)));
    await expect.poll(async () => (await links()).some((link) => link.startsWith('http://localhost:1/')), { timeout: 30_000 }).toBe(true);
    expect((await page.content()) + (await links()).join('')).not.toMatch(new RegExp(TOKENS.join('|')));
    const follow = async () => {
      await page.goto(`http://127.0.0.1:${one.page.port}/`);
      const link = page.locator('.fleet a', { hasText: '↗' }).first();
      await link.evaluate((element: { href: string }, to: string) => { element.href = element.href.replace('http://localhost:1/', to); }, elsewhere);
      await link.click();
    };
    await follow();
    await page.getByLabel('Token').fill('not-the-token-of-anybody');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('This token is not the one').waitFor();
    await follow();
    expect(await axeFinds(page)).toEqual([]);
    await page.getByLabel('Token').fill(TOKENS[1] ?? '');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.waitForURL(`${elsewhere}#/camera/**`);
    await page.locator('.camera h1').waitFor();
    await follow();
    await page.waitForURL(`${elsewhere}#/camera/**`);
    await page.locator('.camera h1').waitFor();
    await page.context().close();
  }, 120_000);

  it('is printed by rxcam fleet status as a person types it, and opened by rxcam worker --dashboard, whose token is in no report', async () => {
    await Promise.all([build(), pageIsBuilt(MAIN.replace('cli/main.js', 'dashboard/dashboard-page'))]);
    const connect = await newFleet(
      { gate: { source, pipeline: ['encodeJpeg', 'toMessage', { publish: { topic: 'video' } }] }, far: { source, labels: ['gpu'] } },
      { 'worker/dead': { at: Date.now() - 125_000, status: 'member', generation: 0, capacity: 4, load: 1, cameras: 3, version: '0.1.0' } },
    );
    const place = ['--to', url, '--fleet', connect().name];
    const worker = start(['worker', ...place, '--name', 'one', '--dashboard', '0', '--dashboard-host', '0.0.0.0', '--json'], { env: { RXCAM_DASHBOARD_TOKEN: TOKENS[0] ?? '' } });
    const address = (await worker.said(/^dashboard: /)).slice('dashboard: '.length);
    await worker.prints(/"running":1/);
    const metrics = () => fetch(`${new URL(address).origin}/metrics`, { headers: { authorization: `Bearer ${TOKENS[0]}` } }).then((answer) => answer.text());
    await expect.poll(metrics, { timeout: 30_000 }).toMatch(/rxcam_fleet_unplaced\{fleet="[^"]*",worker="one"\} 1/);

    const watch = start(['fleet', 'status', '--watch', ...place]);
    await watch.prints(/^ {3}gate +streaming/);
    watch.kill('SIGINT');
    const [{ exitCode }, text, json] = await Promise.all([watch.ended, run(['fleet', 'status', ...place]), run(['fleet', 'status', '--json', ...place])]);
    expect(exitCode).toBe(0);
    expect(text.stdout).toMatch(/^1 unplaced, 1 worker gone {3}.*2 cameras, 1 worker\n\nworker +status.*\ndead +gone +2 min ago.*\none +member, leads.*\n\n.*\n✗ {2}far +unplaced .*labels: gpu\n {3}gate +streaming/);
    const { workers: listed } = JSON.parse(json.stdout) as { workers: Record<string, { dashboard?: string; status: string }> };
    expect(listed['one']).toMatchObject({ status: 'member', dashboard: `http://${hostname()}:${new URL(address).port}/` });
    expect(text.stdout + json.stdout).not.toContain(TOKENS[0]);
    const mistyped = await run(['fleet', 'drain', 'on', ...place]);
    expect([mistyped.exitCode, mistyped.stderr]).toEqual([2, expect.stringContaining("worker 'on' given, expected one that has reported recently: dead, one")]);
    expect((await run(['fleet', 'drain', 'one', ...place])).stdout).toContain('one moves its cameras to other workers, and ends');
    expect((await worker.ended).exitCode).toBe(0);
    expect((await run(['fleet', 'status', ...place])).stdout).toMatch(/^2 unowned, 1 worker gone/);
  }, 120_000);
});
