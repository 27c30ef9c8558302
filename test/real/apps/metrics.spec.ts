/** A real Prometheus reads the page: its own checks of the format, of the rules and of their tests, and the ledger in PromQL. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { delay, firstValueFrom, filter, mergeMap, of } from 'rxjs';
import { expect, it } from 'vitest';
import { camera, encodeH265, memory, publish, retry, skipRate, toMessage } from '../../../src/index.js';
import type { FleetState } from '../../../src/fleet/index.js';
import { type Metrics, metrics } from '../../../src/apps/metrics/index.js';
import { freePort, needs, startProgram, temporaryFolder, threeQuestions } from '../../services/index.js';

const MONITORING = fileURLToPath(new URL('../../../docs/monitoring/', import.meta.url));
const WORKER: FleetState = {
  fleet: 'rxcam', worker: 'a', status: 'member', generation: 1, isLeader: true, workers: ['a'], cameras: [], slots: 256, requested: 0, capacity: 1, load: 0,
};
const PASSWORD = 'S3cret-of-the-gate';

interface Vector { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }

/** Asks until there is an answer: Prometheus reads the page by its own clock. */
async function query(url: string, expression: string): Promise<Vector[]> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, data, error } = (await answer.json()) as { status: string; error?: string; data?: { result: Vector[] } };
    if (status !== 'success') throw new Error(`${expression}: ${error ?? ''}`);
    if (data !== undefined && data.result.length > 0) return data.result;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

async function served(page: Metrics): Promise<{ port: number; close: () => void }> {
  const server = createServer(page.handler);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as AddressInfo).port, close: () => { server.close(); server.closeAllConnections(); } };
}

/** The expressions of the dashboard for Grafana, with its variables filled in. */
function expressions(): string[] {
  const { panels } = JSON.parse(readFileSync(`${MONITORING}rxcam.grafana.json`, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replace(/\$\w+/g, '.*')));
}

needs('ffmpeg', 'prometheus')('the page of metrics, read by Prometheus', () => {
  it('has a ledger that balances in PromQL at every scrape, what the rules and the dashboard name, and no secret', async () => {
    const folder = temporaryFolder('prometheus');
    const broker = memory();
    const gate = camera('test:?size=64x48&fps=25', { key: 'gate "\\ 1\n日本' });
    const away = camera(`rtsp://user:${PASSWORD}@127.0.0.1:9/s`, { key: 'away' });
    const late$ = gate.pipe(skipRate({ fps: 12 }), mergeMap((one) => of(one).pipe(delay(30))));
    const running = late$.pipe(encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry()).subscribe();
    running.add(away.pipe(encodeH265(), toMessage(), publish(broker, { topic: 'a' }), retry()).subscribe());
    const page = metrics([gate, away], [broker]);
    const { port, close } = await served(page);
    const url = `http://127.0.0.1:${await freePort()}`;
    const config = { global: { scrape_interval: '200ms' }, rule_files: [`${MONITORING}rxcam.rules.yml`], scrape_configs: [{ job_name: 'rxcam', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] };
    writeFileSync(`${folder}/prometheus.yml`, JSON.stringify(config));
    const prometheus = await startProgram({
      name: 'Prometheus', command: 'prometheus', ready: /Server is ready/,
      args: [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${url.slice(7)}`],
    });
    try {
      await firstValueFrom(gate.stats$.pipe(filter(({ published }) => published > 20)));
      // A second of scrapes while pictures are everywhere on their way.
      await query(url, 'count_over_time(rxcam_time_seconds[1m]) >= 5');
      const unaccounted = await query(url, `sum by (camera) (rxcam_frames_total{account=~"captured|returned"})
        - sum by (camera) (rxcam_frames_total{account!~"captured|returned"}) - sum by (camera) (rxcam_frames_in_flight)`);
      expect(unaccounted.map(({ metric, value }) => [metric['camera'], value[1]]).sort()).toEqual([['away', '0'], [gate.key, '0']]);
      const inRange = await query(url, `max_over_time((sum(rxcam_frames_total{account=~"captured|returned"})
        - sum(rxcam_frames_total{account!~"captured|returned"}) - sum(rxcam_frames_in_flight))[1m:200ms])`);
      expect(inRange.map(({ value }) => value[1])).toEqual(['0']);
      expect((await query(url, 'rxcam_frames_total{account="returned"} > 0'))[0]?.metric['camera']).toBe(gate.key);
      expect((await query(url, 'rxcam_expected_frames_per_second'))[0]?.value[1]).toBe('12');
      expect((await query(url, 'sum(rxcam_camera_state{camera="away",state=~"connecting|waiting"})'))[0]?.value[1]).toBe('1');
      expect((await query(url, 'rxcam_camera_failure')).map(({ metric: { camera: key, code } }) => [key, code])).toEqual([['away', 'SOURCE_REFUSED']]);
      expect((await query(url, 'histogram_quantile(0.5, sum by (le) (rate(rxcam_latency_seconds_bucket[1m])))')).length).toBe(1);
      expect(Number((await query(url, 'abs(rxcam_time_seconds - timestamp(rxcam_time_seconds))'))[0]?.value[1])).toBeLessThan(2);
      // Some have no result while all is well; each is one that Prometheus understands.
      for (const one of expressions()) await query(url, `(${one}) or vector(0)`);
      for (const text of [page.text(), page.text('openmetrics')]) expect(text).not.toContain(PASSWORD);
    } finally {
      await prometheus.stop();
      close();
      running.unsubscribe();
      await broker.close();
      rmSync(folder, { recursive: true, force: true });
    }
    await threeQuestions({ stats: [gate.stats, away.stats], secrets: [PASSWORD], logs: [page.text()] });
  }, 120_000);

  it('is what promtool finds nothing against, and so are the rules and their tests', async () => {
    const gate = camera('test:?size=64x48&fps=25&duration=0.2', { key: 'gate' });
    const { stdout, stderr } = await execa('promtool', ['check', 'metrics'], { input: metrics([gate], [memory()]).text() });
    expect(stdout + stderr).toBe('');
    await execa('promtool', ['check', 'rules', `${MONITORING}rxcam.rules.yml`]);
    await execa('promtool', ['test', 'rules', `${MONITORING}rxcam.rules.test.yml`]);
  });

  it('has each metric that the rules and the dashboard name', () => {
    const text = metrics([camera('test:')], [memory()], { received: { wall: () => ({ received: 0, bytes: 0, rate: { messages: 0, bytes: 0 }, latency: { count: 0, last: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 } }) }, worker: () => WORKER }).text();
    const known = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => (type === 'histogram' || type === 'summary' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]));
    const named = [readFileSync(`${MONITORING}rxcam.rules.yml`, 'utf8'), ...expressions()].flatMap((one) => one.match(/\brxcam_[a-z_]+/g) ?? []);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });
});
