/** The dashboard in a real browser, with real cameras: what it shows, what it refuses, and that it costs nothing without viewers. */
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Browser } from 'playwright-core';
import { type Subscription, filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, type DashboardConfig, dashboard } from '../../../src/apps/dashboard/index.js';
import { type Camera, camera, deliver, encodeH265, encodeJpeg, kafka, memory, passthrough, publish, retry, skipRate, toMessage } from '../../../src/index.js';
import { type RtspServer, ffmpegChildren, needs, processArguments, startRtspServer, temporaryFolder, threeQuestions } from '../../services/index.js';
import { type Run, MAIN, build, countsOf, start } from './cli-program.js';
import { axeFinds, isDrawn, open, pageIsBuilt, startBrowser } from './dashboard-kit.js';

/** A page shows a change, or the effect of a click, a moment later. */
const POLL = { timeout: 10_000 };

const NASTY = '<img src=x onerror=alert(1)> "\'& Straße 日本';
const PASSWORD = 'S3cret-of-the-cellar';
const TOKEN = 'token-of-this-very-test';

/** Cameras of each kind at work behind a dashboard; ends them, and asks the three questions. */
async function atWork(config: DashboardConfig, work: (at: { page: Dashboard; gates: Record<'nasty' | 'stream' | 'jpeg' | 'away', Camera> }) => Promise<void>): Promise<void> {
  const [broker, gone] = [memory(), kafka({ brokers: ['127.0.0.1:9'], retryInitialMs: 500 })];
  const gates = {
    nasty: camera('test:?size=320x180&fps=10', { key: NASTY }), stream: camera('test:?size=320x180&fps=10', { key: 'stream' }),
    jpeg: camera('test:?size=160x120&fps=5', { key: 'jpeg' }), away: camera(`rtsp://user:${PASSWORD}@127.0.0.1:9/s`, { key: 'away' }),
  };
  const running = gates.nasty.pipe(skipRate({ fps: 5 }), encodeH265(), toMessage(), publish(broker, { topic: 'a' }), retry()).subscribe();
  running.add(gates.stream.pipe(encodeH265({ mode: 'stream', gop: 10 }), toMessage(), publish(gone, { topic: 'b' }), retry()).subscribe());
  running.add(gates.jpeg.pipe(encodeJpeg(), toMessage(), publish(broker, { topic: 'c' }), retry()).subscribe());
  running.add(gates.away.pipe(encodeH265(), toMessage(), publish(broker, { topic: 'd' }), retry({ initialMs: 60_000, maxMs: 60_000 })).subscribe());
  const page = await dashboard(Object.values(gates), { brokers: [broker, gone], port: 0, ...config });
  try {
    await work({ page, gates });
  } finally {
    running.unsubscribe();
    await page.close();
    await Promise.all([broker.close(), gone.close({ deadlineMs: 0 })]);
  }
  await threeQuestions({ stats: Object.values(gates).map(({ stats }) => stats), secrets: [PASSWORD] });
}

/** A request as no browser sends it. */
function raw(url: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: options.method ?? 'GET', headers: options.headers ?? {} }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }); });
    });
    asked.on('error', reject).end(options.body);
  });
}

needs('ffmpeg', 'chromium')('the dashboard in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    await pageIsBuilt();
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('shows every camera with its picture, those in trouble first with what to do, names as text, and axe finds nothing', async () => {
    const notice = 'The changed file is not in effect; the cameras continue as before: cameras.yaml:5:3: <b>';
    await atWork({ disabled: ['cellar 17'], notices: () => [notice] }, async ({ page: { url } }) => {
      const { page, complaints } = await open(browser, url);
      const cards = page.locator('.card');
      await page.locator('.card.bad', { hasText: 'SOURCE_REFUSED' }).waitFor();
      await page.locator('.broker.bad', { hasText: 'BROKER_UNAVAILABLE' }).waitFor();
      await expect.poll(() => cards.locator('h2').allTextContents(), POLL).toEqual(['away', NASTY, 'jpeg', 'stream', 'cellar 17']);
      await expect.poll(() => page.getByRole('alert').allTextContents(), POLL).toEqual([notice]);
      expect(await cards.last().textContent()).toMatch(/cellar 17.*Not enabled in the configuration file/s);
      expect(await cards.first().textContent()).toMatch(/Down.*ECONNREFUSED.*What to do: check host, port and network; is the camera switched on.*Next attempt in \d+ s.*Try now/s);
      expect(await page.locator('header').textContent()).toMatch(/1 down, 1 broker unavailable · 3 of 4 well/);
      expect(await page.locator('.broker.bad').textContent()).toMatch(/kafka:\/\/127\.0\.0\.1:9.*Unavailable.*Outbox: \d+ messages.*BROKER_UNAVAILABLE/s);
      expect(await page.title()).toBe('▲ 1 down, 1 broker unavailable · rxcam');
      for (const n of [2, 3, 4]) await expect.poll(() => isDrawn(page, `.card:nth-child(${n}) canvas`), { timeout: 30_000 }).toBe(true);
      expect(await axeFinds(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await axeFinds(page)).toEqual([]);
      await page.getByLabel('Find').fill('STRAßE 日');
      await expect.poll(() => cards.locator('h2').allTextContents(), POLL).toEqual([NASTY]);
      await page.getByLabel('Find').fill('');
      await page.getByRole('button', { name: /^Down/ }).click();
      await expect.poll(() => cards.locator('h2').allTextContents(), POLL).toEqual(['away']);
      expect(await page.content()).not.toContain(PASSWORD);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  }, 120_000);

  it('has a page for each camera: a live view that says how it comes, the day, the ledger that adds up, settings without secrets', async () => {
    await atWork({}, async ({ page: { url }, gates }) => {
      const { page, complaints } = await open(browser, `${url}#/camera/${encodeURIComponent('stream')}`);
      await expect.poll(() => isDrawn(page, '.camera .picture canvas'), { timeout: 30_000 }).toBe(true);
      await page.getByText('This browser does not decode H.265: rxcam converts it to JPEG with one ffmpeg').waitFor();
      // The picture may be faster than the state, which is sent once a second.
      await expect.poll(() => page.locator('.sum').textContent(), { timeout: 30_000 }).toMatch(/captured[1-9][\d,]*adds up/);
      const ledger = await page.locator('.ledger').getAttribute('aria-label');
      const [captured = 0, ...parts] = [...(ledger ?? '').matchAll(/([\d,]+) /g)].map(([, digits = '']) => Number(digits.replaceAll(',', '')));
      expect(captured).toBeGreaterThan(0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(captured);
      expect(await page.locator('.settings').textContent()).toMatch(/encodeH265.*mode stream.*gop 10/);
      expect(await axeFinds(page)).toEqual([]);
      await page.goto(`${url}#/camera/away`);
      await page.locator('.events').getByText('SOURCE_REFUSED').waitFor();
      expect(await page.locator('.settings').textContent()).toContain('rtsp://***@127.0.0.1:9/s');
      expect(await axeFinds(page)).toEqual([]);
      await page.goto(`${url}#/camera/${encodeURIComponent(NASTY)}`);
      expect(await page.locator('h1').textContent()).toBe(NASTY);
      await page.getByText(/Watched since \d\d:\d\d:\d\d, when the dashboard or this camera was started/).waitFor();
      await page.goto(`${url}#/camera/%E0%A4%A`);
      await page.goto(`${url}#/camera/nobody`);
      await page.getByText('There is no camera of this name').waitFor();
      expect(await page.content()).not.toContain(PASSWORD);
      expect(complaints).toEqual([]);
      expect(gates.stream.stats.state).toBe('streaming');
      await page.context().close();
    });
  }, 120_000);

  it('runs no decoder without viewers, one for each camera that is looked at, and none again afterwards', async () => {
    await atWork({}, async ({ page: { url }, gates }) => {
      await firstValueFrom(gates.jpeg.stats$.pipe(filter(({ published }) => published > 3)));
      const decoders = () => ffmpegChildren().map(processArguments).filter((words) => words.includes('pipe:0') && words.includes('mjpeg')).length;
      expect(decoders()).toBe(0);
      const { page } = await open(browser, url);
      // The pipeline of the third makes JPEG itself.
      await expect.poll(decoders, { timeout: 30_000 }).toBe(2);
      await page.goto(`${url}#/camera/jpeg`);
      await expect.poll(decoders, { timeout: 30_000 }).toBe(0);
      await page.goto(url);
      await expect.poll(decoders, { timeout: 30_000 }).toBe(2);
      await page.context().close();
      await expect.poll(decoders, { timeout: 30_000 }).toBe(0);
    });
  }, 120_000);

  it('shows pictures of pipelines that emit raw pictures, and of those that send chunks', async () => {
    const broker = memory();
    const [raw$, chunks$] = [camera('test:?size=320x180&fps=10', { key: 'raw' }), camera('test:?size=320x180&fps=10', { key: 'chunks' })];
    const running = raw$.pipe(deliver(() => Promise.resolve())).subscribe();
    running.add(chunks$.pipe(encodeH265({ mode: 'stream', gop: 10, chunk: 'gop' }), toMessage(), publish(broker, { topic: 't' }), retry()).subscribe());
    const shown = await dashboard([raw$, chunks$], { brokers: [broker], port: 0 });
    try {
      const { page } = await open(browser, shown.url);
      for (const n of [1, 2]) await expect.poll(() => isDrawn(page, `.card:nth-child(${n}) canvas`), { timeout: 30_000 }).toBe(true);
      await page.goto(`${shown.url}#/camera/raw`);
      await page.getByText('The pipeline emits raw pictures here').waitFor();
      await expect.poll(() => isDrawn(page, '.camera .picture canvas'), { timeout: 30_000 }).toBe(true);
      await page.context().close();
    } finally {
      running.unsubscribe();
      await shown.close();
      await broker.close();
    }
    // Pictures that a viewer saw were not delivered a second time.
    expect(raw$.stats.duplicates + chunks$.stats.duplicates).toBe(0);
    await threeQuestions({ stats: [raw$.stats, chunks$.stats] });
  }, 60_000);

  it('says that what it shows is old when rxcam is gone', async () => {
    await atWork({}, async ({ page: dashboardPage }) => {
      const { page } = await open(browser, dashboardPage.url);
      await page.locator('.card').first().waitFor();
      await dashboardPage.close();
      await page.getByRole('alert').getByText('this page shows old data').waitFor();
      expect(await page.title()).toBe('✕ No connection · rxcam');
      await page.context().close();
    });
  }, 60_000);

  it('can be used by the keyboard alone, on a phone, with less motion', async () => {
    await atWork({}, async ({ page: { url } }) => {
      const { page } = await open(browser, url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' });
      await page.locator('.card.bad').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(await axeFinds(page)).toEqual([]);
      const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the cameras');
      const seen = new Set<string>();
      for (let n = 0; n < 20; n++) {
        await page.keyboard.press('Tab');
        seen.add(await focused());
      }
      expect([...seen]).toEqual(expect.arrayContaining(['rxcam', 'All 4', 'Try now']));
      await page.locator('.card a', { hasText: 'jpeg' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('h1', { hasText: 'jpeg' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.context().close();
    });
  }, 60_000);
});

needs('ffmpeg', 'rtsp', 'chromium')('a camera behind the dashboard', () => {
  let browser: Browser;
  let server: RtspServer;
  beforeAll(async () => {
    await pageIsBuilt();
    [browser, server] = await Promise.all([startBrowser(), startRtspServer({ width: 320, height: 180, fps: 10, gop: 10 })]);
  });
  afterAll(async () => { await Promise.all([browser.close(), server.stop()]); });

  it("shows the camera's own H.264 by the browser's decoder; is unplugged, says since when and why, and is tried at once on request", async () => {
    const broker = memory();
    const gate = camera(server.url, { key: 'gate' });
    const running: Subscription = gate.pipe(passthrough(), toMessage(), publish(broker, { topic: 't' }), retry({ initialMs: 300_000, maxMs: 300_000 })).subscribe();
    const shown = await dashboard([gate], { brokers: [broker], port: 0 });
    try {
      const { page, complaints } = await open(browser, `${shown.url}#/camera/gate`);
      await page.getByText("The camera's own H.264, decoded by this browser.").waitFor();
      await expect.poll(() => isDrawn(page, '.camera .picture canvas'), { timeout: 30_000 }).toBe(true);
      await server.down();
      await page.locator('.now .bad').getByText('Down').waitFor();
      await page.getByText(/Next attempt in (4 min|5 min)/).waitFor();
      await page.locator('.picture .old').waitFor();
      await expect.poll(() => page.locator('.timeline .down').count(), POLL).toBe(1);
      await server.start();
      await page.getByRole('button', { name: 'Try now: gate' }).click();
      await page.locator('.now .good').getByText('Streaming').waitFor();
      await expect.poll(() => page.locator('.events').textContent(), { timeout: 30_000 }).toContain('Recovered');
      await page.locator('.picture .old').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
      await page.context().close();
    } finally {
      running.unsubscribe();
      await shown.close();
      await broker.close();
    }
    await threeQuestions({ stats: gate.stats });
  }, 120_000);
});

needs('ffmpeg')('the server of the dashboard', () => {
  beforeAll(() => pageIsBuilt());

  const of = async (config: DashboardConfig, work: (page: Dashboard, gate: Camera) => Promise<void>) => {
    const gate = camera('test:?size=1280x720&fps=25', { key: 'gate' });
    const running = gate.pipe(encodeJpeg({ quality: 95 })).subscribe();
    const page = await dashboard([gate], { port: 0, ...config });
    try {
      await work(page, gate);
    } finally {
      running.unsubscribe();
      await page.close();
    }
    await threeQuestions({ stats: gate.stats });
  };
  const json = { 'content-type': 'application/json' };

  it('refuses foreign names and pages, and requests that are not from its page', async () => {
    await of({}, async ({ url, port }) => {
      const host = `127.0.0.1:${port}`;
      const post = { method: 'POST', body: '{"id":"gate"}' };
      for (const name of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1', '[fe80::1]', 'localhost.evil', 'a@127.0.0.1']) {
        expect([name, (await raw(url, { headers: { host: name } })).status]).toEqual([name, expect.toSatisfy((status) => status === 403 || status === 400)]);
      }
      for (const name of [host, `localhost:${port}`, 'localhost', 'LOCALHOST.', `[::1]:${port}`]) expect([name, (await raw(url, { headers: { host: name } })).status]).toEqual([name, 200]);
      for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://evil.example:${port}`]) {
        expect([origin, (await raw(`${url}api/retry`, { ...post, headers: { ...json, origin } })).status]).toEqual([origin, 403]);
        expect([origin, (await raw(`${url}api/camera?id=gate`, { headers: { origin } })).status]).toEqual([origin, 403]);
      }
      expect((await raw(`${url}api/retry`, { ...post, headers: json })).status).toBe(204);
      expect((await raw(`${url}api/retry`, { ...post, headers: { ...json, origin: `http://${host}` } })).status).toBe(204);
      expect((await raw(`${url}api/retry`, { ...post, headers: { 'content-type': 'text/plain' } })).status).toBe(403);
      expect((await raw(`${url}api/retry`, { ...post, headers: { ...json, 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
      expect((await raw(`${url}api/camera?id=gate`, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status).toBe(403);
      expect((await raw(url, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status).toBe(200);
      expect((await raw(`${url}api/retry`, { method: 'POST', headers: json, body: '{"id":"nobody"}' })).status).toBe(404);
      for (const body of ['', '{', '[]', '{"id":7}']) expect((await raw(`${url}api/retry`, { method: 'POST', headers: json, body })).status).toBe(404);
      // A body that is too long is not read: its connection may be cut before the answer has come.
      expect([404, 0]).toContain((await raw(`${url}api/retry`, { method: 'POST', headers: json, body: 'x'.repeat(4_000_000) }).catch(() => ({ status: 0 }))).status);
      for (const path of ['assets/../../package.json', 'assets/..%2f..%2fpackage.json', 'assets/page.ts', 'assets/__proto__', 'nothing']) expect((await raw(url + path)).status).toBe(404);
      const { headers } = await raw(url);
      expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    });
  });

  it('elsewhere than on loopback wants the token, once in the address and then in a cookie that no script reads', async () => {
    await of({ host: '0.0.0.0' }, async ({ url, port }) => {
      const base = `http://127.0.0.1:${port}/`;
      const token = new URL(url).searchParams.get('token') ?? '';
      expect(token.length).toBeGreaterThanOrEqual(32);
      for (const path of ['', 'assets/page.js', 'api/events', 'api/pictures', 'api/camera?id=gate', 'metrics']) expect([path, (await raw(base + path)).status]).toEqual([path, 401]);
      expect((await raw(`${base}api/retry`, { method: 'POST', headers: json, body: '{"id":"gate"}' })).status).toBe(401);
      expect((await raw(`${base}?token=${token}x`)).status).toBe(401);
      expect((await raw(`${base}api/camera?id=gate&token=${token}`)).status).toBe(401);
      const { status, headers } = await raw(url);
      expect([status, headers['location']]).toEqual([303, '/']);
      const [cookie = ''] = headers['set-cookie'] as string[];
      expect(cookie).toMatch(/^rxcam_\d+=.*; HttpOnly; SameSite=Strict; Path=\//);
      expect((await raw(base, { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200);
      expect((await raw(base, { headers: { cookie: `rxcam_${port}=wrong` } })).status).toBe(401);
      expect((await raw(`${base}metrics`, { headers: { authorization: `Bearer ${token}` } })).body).toContain('rxcam_frames_total{camera="gate"');
      // Other machines call it by its address; a name must be known.
      expect((await raw(url, { headers: { host: `192.0.2.7:${port}` } })).status).toBe(303);
      expect((await raw(url, { headers: { host: 'cameras.example' } })).status).toBe(403);
    });
    await of({ allowedHosts: ['Cameras.example'], token: 'a-token-of-my-own' }, async ({ port }) => {
      expect((await raw(`http://127.0.0.1:${port}/?token=a-token-of-my-own`, { headers: { host: 'cameras.example' } })).status).toBe(303);
      expect((await raw(`http://127.0.0.1:${port}/`)).status).toBe(401);
    });
  });

  it('leaves pictures out for a viewer who does not read, keeps none of them, and serves the others', async () => {
    await of({}, async ({ url, port }, gate) => {
      const watch = async (reads: boolean) => {
        const socket = connect(port, '127.0.0.1');
        const state = { session: '', pictures: 0, bytes: 0 };
        socket.on('error', () => { /* It is cut at the end. */ });
        socket.write(`GET /api/pictures HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
        await new Promise<void>((resolve) => {
          socket.on('data', (chunk: Buffer) => {
            state.bytes += chunk.length;
            state.session ||= /"session":"([\w-]+)"/.exec(chunk.toString('latin1'))?.[1] ?? '';
            state.pictures += chunk.toString('latin1').split('"type":"picture"').length - 1;
            if (state.session !== '') resolve();
          });
        });
        if (!reads) socket.pause();
        const body = JSON.stringify({ wishes: { gate: 'live' }, decodes: [] });
        expect((await raw(`${url}api/pictures/${state.session}`, { method: 'POST', headers: json, body })).status).toBe(204);
        return { state, socket };
      };
      const slow = await watch(false);
      const quick = await watch(true);
      // Some 30 MB have come by then, of which the slow one's sockets take a few.
      await firstValueFrom(gate.stats$.pipe(filter(({ captured }) => captured > 200)));
      expect(quick.state.pictures).toBeGreaterThan(100);
      const before = quick.state.bytes;
      slow.socket.resume();
      await expect.poll(() => slow.state.pictures, { timeout: 30_000 }).toBeGreaterThan(3);
      await expect.poll(() => quick.state.bytes, { timeout: 30_000 }).toBeGreaterThan(before);
      expect(slow.state.pictures).toBeLessThan(quick.state.pictures / 2);
      slow.socket.destroy();
      quick.socket.destroy();
    });
  }, 120_000);

  it('refuses wishes that are none, and streams that there are not', async () => {
    await of({}, async ({ url }) => {
      const ask = (body: string) => raw(`${url}api/pictures/nobody`, { method: 'POST', headers: json, body }).then(({ status }) => status);
      expect(await ask('{"wishes":{},"decodes":[]}')).toBe(404);
      for (const body of ['', '{}', '{"wishes":{"gate":"all"},"decodes":[]}', '{"wishes":[],"decodes":["av1"]}', `{"wishes":{${Array.from({ length: 1_001 }, (_, n) => `"${n}":"card"`).join()}},"decodes":[]}`]) {
        expect([body.slice(0, 40), await ask(body)]).toEqual([body.slice(0, 40), 400]);
      }
    });
  });

  it('says which option is wrong', async () => {
    await of({}, async ({ port }, gate) => {
      await expect(dashboard([gate], { port })).rejects.toThrow(`dashboard: option 'port': ${port} given, which is taken by another program`);
      for (const host of ['192.0.2.1', 'no-such-host.invalid']) await expect(dashboard([gate], { port: 0, host })).rejects.toThrow(`dashboard: option 'host': "${host}" given, expected an address of this machine`);
      await expect(dashboard([gate], { publicUrl: 'cupboard-3' })).rejects.toThrow("dashboard: option 'publicUrl'");
      await expect(dashboard([gate], { fleet: {} as never })).rejects.toThrow("dashboard: option 'fleet'");
      await expect(dashboard([gate], { token: 'short' })).rejects.toThrow("dashboard: option 'token'");
      await expect(dashboard([gate], { allowedHost: 'a' } as never)).rejects.toThrow("did you mean 'allowedHosts'");
      await expect(dashboard([{}] as never)).rejects.toThrow("dashboard: option 'cameras'");
      await expect(dashboard([gate], { brokers: [{}] as never, port: 0 })).rejects.toThrow("dashboard: option 'brokers'");
    });
  });
});

needs('ffmpeg')('rxcam stream --dashboard', () => {
  beforeAll(async () => {
    await build();
    await pageIsBuilt(MAIN.replace('cli/main.js', 'dashboard/dashboard-page'));
  });

  const addressOf = async (program: Run) => (await program.said(/^dashboard: /)).slice('dashboard: '.length);

  it('serves the page and the metrics of its cameras while they run, also where the word behind it is the source', async () => {
    const program = start(['stream', '--dashboard', 'test:?size=64x48&fps=10', '--key', 'gate', '--json']);
    const url = await addressOf(program);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await raw(url)).body).toContain('<title>rxcam</title>');
    expect((await raw(`${url}assets/page.js`)).status).toBe(200);
    await expect.poll(async () => (await raw(`${url}metrics`)).body, { timeout: 30_000 }).toMatch(/rxcam_frames_total\{camera="gate",account="published",cause=""\} [1-9]/);
    // A page that is open does not hold the program.
    const events = request(`${url}api/events`).on('error', () => { /* It is cut. */ }).end();
    program.kill('SIGTERM');
    const ended = await program.ended;
    events.destroy();
    expect(ended.exitCode).toBe(0);
    expect(countsOf(ended).published).toBeGreaterThan(0);
  });

  it('shows the cameras of a configuration file as they come and go', async () => {
    const folder = temporaryFolder('dashboard');
    const file = `${folder}/cameras.json`;
    const config = (keys: readonly string[]) => JSON.stringify({
      brokers: { here: 'memory:' }, defaults: { pipeline: ['encodeH265', 'toMessage', { publish: { topic: 'video' } }] },
      cameras: Object.fromEntries(keys.map((key) => [key, { source: 'test:?size=64x48&fps=5' }])),
    });
    writeFileSync(file, config(['gate']));
    const program = start(['run', file, '--dashboard', '--json']);
    const url = await addressOf(program);
    const keys = async () => [...(await raw(`${url}metrics`)).body.matchAll(/^rxcam_camera_info\{camera="(\w+)"/gm)].map(([, key]) => key);
    await expect.poll(keys, { timeout: 30_000 }).toEqual(['gate']);
    writeFileSync(file, config(['yard', 'roof']));
    await expect.poll(keys, { timeout: 30_000 }).toEqual(['yard', 'roof']);
    program.kill('SIGTERM');
    expect((await program.ended).exitCode).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('prints the token once where it listens for others, keeps it out of its logs, and says which port is taken', async () => {
    const program = start(['stream', 'test:?size=64x48&fps=10', '--dashboard', '0', '--dashboard-host', '0.0.0.0', '--log-level', 'trace', '--json'], { env: { RXCAM_DASHBOARD_TOKEN: TOKEN } });
    const url = await addressOf(program);
    expect(url).toBe(`http://127.0.0.1:${new URL(url).port}/?token=${TOKEN}`);
    expect((await raw(url)).status).toBe(303);
    const second = await start(['stream', 'test:', '--dashboard', new URL(url).port]).ended;
    expect([second.exitCode, second.stderr.split('\n').at(-1)]).toEqual([2, expect.stringMatching(/option 'port'.*is taken by another program/)]);
    expect((await start(['stream', 'test:', '--dashboard', '70000']).ended).exitCode).toBe(2);
    program.kill('SIGTERM');
    const { stderr, exitCode } = await program.ended;
    expect(exitCode).toBe(0);
    expect(stderr.split(TOKEN)).toHaveLength(2);
  });
});

describe('the page of the dashboard', () => {
  it('is at most 80 kB, zipped', async () => {
    await pageIsBuilt();
    const { assets } = await import('../../../src/apps/dashboard/assets.js');
    expect([...assets().values()].reduce((sum, { zipped }) => sum + zipped.length, 0)).toBeLessThan(80_000);
  });
});
