/** The page for Prometheus: names, labels, both formats, a registry of prom-client; and spans out of events. */
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { asyncScheduler, delay, mergeMap, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { encodeH265, publish, retry, skipRate, toMessage } from '../../../operators/index.js';
import { formatFor } from '../../../src/apps/metrics/exposition.js';
import { metrics } from '../../../src/apps/metrics/index.js';
import { memory } from '../../../src/broker/index.js';
import type { FleetState, OwnedCamera } from '../../../src/fleet/index.js';
import { InvalidOption } from '../../../src/core/errors/errors.js';
import { samplesOf, valueOf } from './metrics-page.js';

const NO_TIMES = { count: 0, last: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 };
const WORKER: FleetState = {
  fleet: 'rxcam', worker: 'a', status: 'member', generation: 7, isLeader: true, workers: ['a', 'b'], cameras: [], slots: 9, requested: 30, capacity: 3.2, load: 1.5,
};
const SCRIPT = 'o f f f f f f f f f f |';

/** The page of a camera after it has played `script`, through a step of the user's own that takes its time. */
function played(script: string, name = 'gate'): string {
  let text = '';
  marbles(({ flush }) => {
    const gate = fakeCamera(script, { key: name, live: false });
    const broker = memory();
    const page = metrics([gate], [broker]);
    gate.pipe(mergeMap((one) => of(one).pipe(delay(3))), encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry({ initialMs: 100 })).subscribe();
    flush();
    text = page.text();
  });
  return text;
}

describe('metrics', () => {
  it('has the ledger of a camera, which balances: also where pictures went through code of the user', () => {
    const text = played(SCRIPT);
    const account = (name: string) => samplesOf(text, 'rxcam_frames_total').filter(({ labels }) => labels['account'] === name).reduce((sum, { value }) => sum + value, 0);
    expect(['captured', 'returned', 'delivered', 'published', 'skipped', 'dropped'].map((name) => [name, account(name)])).toEqual([
      ['captured', 10], ['returned', 10], ['delivered', 10], ['published', 10], ['skipped', 0], ['dropped', 0],
    ]);
    expect(samplesOf(text, 'rxcam_frames_in_flight').map(({ labels }) => labels['place'])).toEqual(['stdin', 'encoder', 'handover', 'sink', 'outbox', 'request']);
  });

  it('has at most 60 series for a camera', () => {
    const series = played(SCRIPT).split('\n').filter((line) => line.includes('camera="gate"'));
    expect(series.length).toBeGreaterThan(50);
    expect(series.length).toBeLessThanOrEqual(60);
  });

  it('introduces each family once, before its samples, and ends counters with _total and times with _seconds', () => {
    const lines = played(SCRIPT).trimEnd().split('\n');
    const families = lines.flatMap((line) => /^# TYPE (\S+) (\S+)$/.exec(line)?.slice(1, 3) as [string, string] | undefined ?? []);
    const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2] ?? '');
    expect(new Set(names).size).toBe(names.length);
    expect(families.length).toBe(names.length * 2);
    for (const line of lines.filter((one) => one.startsWith('# TYPE'))) {
      const [, , name = '', type] = line.split(' ');
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram' || type === 'summary') expect(name).toMatch(/_seconds$/);
      expect(lines[lines.indexOf(line) - 1]).toMatch(new RegExp(`^# HELP ${name} [A-Z\\w].*\\.$`));
    }
  });

  it('has cumulative buckets that end with the count of all', () => {
    const text = played(SCRIPT);
    const buckets = samplesOf(text, 'rxcam_latency_seconds_bucket').map(({ value }) => value);
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect(buckets.at(-1)).toBe(valueOf(text, 'rxcam_latency_seconds_count'));
    expect(buckets.at(-1)).toBe(10);
  });

  it('knows what was asked for, and says that a camera is away and when it is tried again', () => {
    marbles(({ flush }) => {
      const gate = fakeCamera(['o f f f R', 'o'], { key: 'gate', fps: 20 });
      const page = metrics([gate]);
      const states: string[] = [];
      const subscription = gate.pipe(skipRate({ fps: 5 }), retry({ initialMs: 60_000 })).subscribe({ error: () => { /* Not retried. */ } });
      asyncScheduler.schedule(() => { subscription.unsubscribe(); }, 30_000);
      gate.events$.subscribe(({ type }) => {
        if (type !== 'retrying') return;
        const text = page.text();
        states.push(...samplesOf(text, 'rxcam_camera_state').filter(({ value }) => value === 1).map(({ labels }) => labels['state'] ?? ''));
        expect(valueOf(text, 'rxcam_expected_frames_per_second')).toBe(5);
        expect(valueOf(text, 'rxcam_next_attempt_timestamp_seconds')).toBeGreaterThan(59);
        expect(valueOf(text, 'rxcam_last_frame_timestamp_seconds')).toBeGreaterThan(0);
        expect(valueOf(text, 'rxcam_reconnects_total')).toBe(1);
      });
      flush();
      expect(states).toEqual(['waiting']);
    });
  });

  it.each(['"', '\\', '\n', '{a="b"} 1\n# EOF', 'Straße 日本 🎥', '__proto__'])('writes the key %j as a label that reads back as it is', (key) => {
    expect(samplesOf(played('o f |', key), 'rxcam_messages_total')).toEqual([{ labels: { camera: key }, value: 1 }]);
  });

  it('labels a second camera or broker of the same name apart', () => {
    const [one, two] = [fakeCamera('o f |', { key: 'gate' }), fakeCamera('o f |', { key: 'gate' })];
    const brokers = [memory(), memory()];
    const text = metrics([one, two, fakeCamera('|', { key: 'gate #2' })], brokers).text();
    expect(samplesOf(text, 'rxcam_messages_total').map(({ labels }) => labels['camera'])).toEqual(['gate', 'gate #2', 'gate #2 #2']);
    expect(new Set(samplesOf(text, 'rxcam_broker_outbox_bytes').map(({ labels }) => labels['broker'])).size).toBe(2);
  });

  it('asks for the cameras of now at every scrape, and for the figures of streams that are read', () => {
    const cameras = [fakeCamera('|', { key: 'a' })];
    const timing = { count: 4, last: 1, min: 1, mean: 500, p50: 1, p99: 1, max: 1 };
    const figures = { received: 4, bytes: 100, rate: { messages: 0, bytes: 0 }, latency: timing, status: 'connected', failures: 1, inbox: { messages: 2, bytes: 20 } };
    const verdicts = { whole: 3, repeated: 0, torn: 1, fenced: 0, undecodable: 0, gaps: 1, dropped: 0, lost: 2, expired: 0, takeovers: 4 };
    const page = metrics(() => cameras, [], { received: { wall: { stats: figures }, disk: () => ({ ...figures, verdicts }) } });
    cameras.push(fakeCamera('|', { key: 'b' }));
    const text = page.text();
    expect(samplesOf(text, 'rxcam_messages_total').map(({ labels }) => labels['camera'])).toEqual(['a', 'b']);
    expect(samplesOf(text, 'rxcam_received_latency_seconds_sum')).toEqual([{ labels: { stream: 'wall' }, value: 2 }, { labels: { stream: 'disk' }, value: 2 }]);
    expect(samplesOf(text, 'rxcam_received_missing_total').filter(({ value }) => value > 0)).toEqual([{ labels: { stream: 'disk', cause: 'lost' }, value: 2 }]);
    expect(samplesOf(text, 'rxcam_received_takeovers_total')).toEqual([{ labels: { stream: 'disk' }, value: 4 }]);
    expect(valueOf(text, 'rxcam_received_up')).toBe(1);
  });

  it('has what a worker of a fleet owns, so that the sums over all workers are those of the fleet; nothing before it has begun', () => {
    const cameras = (['running', 'running', 'failed', 'unplaced'] as const).map((state, slot): OwnedCamera => ({ key: `camera ${slot}`, slot, epoch: 1, state }));
    expect(metrics([], [], { worker: () => undefined }).text()).not.toContain('rxcam_fleet');
    const worker: FleetState = { ...WORKER, fleet: 'east', worker: 'a"b', status: 'lapsed', cameras };
    const text = metrics([], [], { worker: () => worker }).text();
    expect(samplesOf(text, 'rxcam_fleet_cameras').filter(({ value }) => value > 0)).toEqual([
      { labels: { fleet: 'east', worker: 'a"b', state: 'running' }, value: 2 }, { labels: { fleet: 'east', worker: 'a"b', state: 'failed' }, value: 1 },
    ]);
    expect(samplesOf(text, 'rxcam_fleet_worker_state').filter(({ value }) => value > 0).map(({ labels }) => labels['state'])).toEqual(['lapsed']);
    const gauges = ['unplaced', 'requested_cameras', 'slots', 'workers', 'leader', 'generation', 'capacity_cores', 'load_cores'];
    expect(gauges.map((name) => valueOf(text, `rxcam_fleet_${name}`))).toEqual([1, 30, 9, 2, 1, 7, 3.2, 1.5]);
  });

  it('gives prom-client what it writes itself, and takes it away again', async () => {
    const gate = fakeCamera('|', { key: 'gate' });
    const page = metrics([gate], [memory()]);
    const registry = new Registry();
    const remove = page.register(registry);
    const [theirs, ours] = [await registry.metrics(), page.text()].map((text) => text.split('\n').filter((line) => /^rxcam_(?!time_seconds)/.test(line)).sort());
    expect(theirs).toEqual(ours);
    expect(ours?.length).toBeGreaterThan(50);
    remove();
    expect((await registry.metrics()).trim()).toBe('');
  });

  it.each([
    [undefined, 'prometheus'], ['text/plain', 'prometheus'], ['*/*', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    ['text/plain, application/openmetrics-text;q=0.2', 'prometheus'], ['application/openmetrics-text;q=0', 'prometheus'], [',;=,', 'prometheus'],
  ])('answers Accept: %s in the format %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });

  it('names families of counters in OpenMetrics without _total, and ends with EOF', () => {
    const { contentType, body } = metrics([fakeCamera('|')]).answer('application/openmetrics-text');
    expect(contentType).toMatch(/^application\/openmetrics-text; version=1/);
    expect(body).toContain('# TYPE rxcam_reconnects counter\nrxcam_reconnects_total{');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
  });

  it('has the metrics of docs/operate/metrics.md, all of them, with their types', () => {
    const told = [...readFileSync('docs/operate/metrics.md', 'utf8').matchAll(/^\| `(rxcam_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
    const wall = () => ({ received: 0, bytes: 0, rate: { messages: 0, bytes: 0 }, latency: NO_TIMES });
    const text = metrics([fakeCamera('|')], [memory()], { received: { wall }, worker: () => WORKER }).text();
    expect(told).toEqual([...text.matchAll(/^# TYPE (.*)$/gm)].map(([, words]) => words));
  });

  it.each([
    [[{}], [], 'cameras'], [[fakeCamera('|').pipe(skipRate(2))], [], 'cameras'], ['gate', [], 'cameras'], [[], [{}], 'brokers'], [undefined, [], 'cameras'],
  ])('refuses %j and %j: %s', (cameras, brokers, option) => {
    expect(() => metrics(cameras as never, brokers as never)).toThrow(InvalidOption);
    expect(() => metrics(cameras as never, brokers as never)).toThrow(option);
  });
});
