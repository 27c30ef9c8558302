/** `rxcam fleet status` as text: what a person at three in the morning must see first. */
import { describe, expect, it } from 'vitest';
import { statusChanges, statusJson, statusText } from '../../../src/apps/cli/fleet/status-text.js';
import { CONDITIONS, type FleetCameraStatus, type FleetStatus, type FleetWorkerStatus } from '../../../src/fleet/index.js';

const AT = 10_000_000;
const worker = (name: string, more: Partial<FleetWorkerStatus> = {}): FleetWorkerStatus => ({
  worker: name, status: 'member', isLeader: false, heardAt: AT - 2_000, version: '1.2.0', capacity: 3.2, load: 1.25, cameras: 4, labels: [], ...more,
});
const camera = (key: string, more: Partial<FleetCameraStatus> = {}): FleetCameraStatus => ({
  key, condition: 'well', state: 'streaming', worker: 'a', heardAt: AT - 3_000, fpsIn: 25, fpsOut: 5, fpsWanted: 5, dropped: {}, dropping: {}, cost: 0.112, ...more,
});
const fleet = (workers: readonly FleetWorkerStatus[], cameras: readonly FleetCameraStatus[], more: Partial<FleetStatus> = {}): FleetStatus => ({
  name: 'rxcam', at: AT, answers: true, heardAt: AT, isCertain: true, workers, cameras,
  counts: Object.fromEntries(CONDITIONS.map((condition) => [condition, cameras.filter((one) => one.condition === condition).length])) as FleetStatus['counts'], ...more,
});

const TROUBLE = [
  camera('roof', { condition: 'unplaced', state: 'unplaced', error: 'no worker has room for it' }),
  camera('yard', { condition: 'unowned', worker: 'c', heardAt: AT - 40_000 }),
  camera('gate', { condition: 'down', state: 'waiting', downSince: AT - 7_500_000, error: 'SOURCE_REFUSED: nothing listens', errorAt: AT - 12_000 }),
  camera('hall', { condition: 'impaired', dropping: { outbox: 12 }, dropped: { outbox: 90 } }),
];
const WORKERS = [worker('c', { status: 'gone', heardAt: AT - 130_000 }), worker('b', { status: 'draining' }), worker('a', { isLeader: true })];

describe('the state of a fleet as text', () => {
  it('begins with what is wrong, then workers and cameras, those in trouble first, each with its reason and its age', () => {
    expect(statusText(fleet(WORKERS, [...TROUBLE, camera('dock')]), 'kafka://localhost:9092').split('\n')).toEqual([
      '1 unplaced, 1 unowned, 1 down, 1 impaired, 1 worker gone   rxcam on kafka://localhost:9092: 5 cameras, 2 workers',
      '',
      'worker  status         heard      load                   cameras  version',
      'c       gone           2 min ago  had 1.25 of 3.2 cores    had 4  1.2.0',
      'b       draining       2 s ago    1.25 of 3.2 cores            4  1.2.0',
      'a       member, leads  2 s ago    1.25 of 3.2 cores            4  1.2.0',
      '',
      '   camera  state      for        worker  heard     fps in         out  dropped  cores',
      '✗  roof    unplaced   -          a       3 s ago   no worker has room for it',
      '✗  yard    unowned    -          c       40 s ago  its worker is gone: another one takes it over within seconds',
      '▲  gate    down       2 h 5 min  a       3 s ago   SOURCE_REFUSED: nothing listens (12 s ago)',
      '◆  hall    impaired   -          a       3 s ago     25.0  5.0 of 5.0       90   0.11  12 dropped recently (outbox)',
      '   dock    streaming  -          a       3 s ago     25.0         5.0        0   0.11',
      '',
    ]);
  });

  it('fits on a terminal: what is left out is well, and is counted', () => {
    const cameras = [...TROUBLE, ...Array.from({ length: 296 }, (_, index) => camera(`camera ${index}`))];
    const lines = statusText(fleet(WORKERS, cameras), 'kafka://localhost:9092', { columns: 80, rows: 24 }).trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines.at(-1)).toBe('… and 286 more: 286 well; --all prints them');
    expect(lines.findIndex((line) => line.includes('roof'))).toBe(8);
  });

  it('says that the broker does not answer before anything else, and since when all of this is old', () => {
    const [first] = statusText(fleet(WORKERS, TROUBLE, { answers: false, heardAt: AT - 50_000 }), 'x').split('\n');
    expect(first).toBe('The broker does not answer: this is the state of the fleet 50 s ago. Cameras keep running, and their messages wait.');
  });

  it('names the remedy if there are no workers, or no cameras', () => {
    expect(statusText(fleet([], []), 'x')).toContain('There is no worker: start one by rxcam worker.\nThe fleet has no cameras: add some by rxcam fleet apply.');
  });

  it('lets no name move the cursor or colour the terminal', () => {
    const text = statusText(fleet([worker('w\u001b[2J')], [camera('\u001b[31mred\n', { condition: 'down', error: 'a\u0007b\nc' })]), 'x');
    expect(text).toContain('?[31mred?');
    expect(text).not.toMatch(/[\u001b\u0007]/);
  });

  it('paints what is wrong', () => {
    const paint = (style: string, text: string) => `<${style}>${text}</>`;
    const text = statusText(fleet(WORKERS, [TROUBLE[2] as FleetCameraStatus, camera('dock')]), 'x', { paint });
    expect(text).toMatch(/^<red><bold>1 down, 1 worker gone<\/><\/>/);
    expect(text).toMatch(/<red>c +gone/);
    expect(text).toMatch(/<red>▲ +gate/);
    expect(text).toMatch(/\n {3}dock/);
  });

  it('is one object as JSON: with the age of each report, and owners by camera', () => {
    const shown = JSON.parse(statusJson(fleet(WORKERS, TROUBLE))) as { cameras: Record<string, object>; workers: Record<string, object> };
    expect(shown).toMatchObject({ fleet: 'rxcam', answers: true, counts: { unplaced: 1 } });
    expect(shown.workers['c']).toMatchObject({ status: 'gone', ageMs: 130_000 });
    expect(shown.cameras['yard']).toMatchObject({ state: 'unowned', condition: 'unowned', worker: 'c', ageMs: 40_000 });
    expect(shown.cameras['gate']).toMatchObject({ state: 'waiting', condition: 'down', error: 'SOURCE_REFUSED: nothing listens' });
  });

  it('has changed when a condition or an owner has, and not when time has passed', () => {
    const [before, later] = [fleet(WORKERS, TROUBLE), fleet(WORKERS, TROUBLE, { at: AT + 9_000 })];
    expect(statusChanges(later)).toBe(statusChanges(before));
    expect(statusChanges(fleet(WORKERS, TROUBLE.slice(1)))).not.toBe(statusChanges(before));
  });
});
