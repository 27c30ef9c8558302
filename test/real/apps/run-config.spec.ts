/** runConfig() and watchConfig() as a program uses them, on real ffmpeg. */
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY, Subject, filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { needs, noFfmpegLeft } from '../../services/index.js';
import { type Config, ConfigRunner, type RunningCamera, type RunningConfig, parseConfig, runConfig, watchConfig } from '../../../src/apps/config/index.js';

const PIPELINE = ['encodeH265', 'toMessage', { publish: { topic: 'video' } }];
const config = (cameras: Record<string, object>) => parseConfig({ brokers: { main: 'memory:' }, defaults: { pipeline: PIPELINE, retry: false }, cameras });
const clip = { source: 'test:?size=64x64&fps=25&duration=1', pace: 'asap' };
const live = { source: 'test:?size=64x64&fps=25' };
const namesOf = ({ cameras }: RunningConfig) => cameras.map(({ name, ended }) => `${name}${ended === undefined ? '' : ' ended'}`);

needs('ffmpeg')('runConfig', () => {
  it('completes when all cameras have ended, each with its error or without', async () => {
    const all = await lastValueFrom(runConfig(config({ gate: clip, gone: { source: '/no/such/file' } })).pipe(toArray()));
    expect(all[0]).toMatchObject({ added: ['gate', 'gone'], changed: [], removed: [] });
    const last = all.at(-1) as RunningConfig;
    expect(namesOf(last)).toEqual(['gate ended', 'gone ended']);
    expect(last.cameras.map(({ ended }) => (ended?.error as { code?: string } | undefined)?.code)).toEqual([undefined, 'SOURCE_NOT_FOUND']);
    expect(last.cameras[0]?.camera.stats).toMatchObject({ captured: 25, published: 25, inFlight: 0 });
  });

  it('keeps the very cameras that a later configuration does not change, and stops all when it is unsubscribed', async () => {
    const configs$ = new Subject<Config>();
    const seen: RunningConfig[] = [];
    const subscription = runConfig(configs$).subscribe((one) => { seen.push(one); });
    configs$.next(config({ gate: live, yard: live }));
    const [gate, yard] = seen[0]?.cameras ?? [];
    await firstValueFrom(gate?.camera.stats$.pipe(filter(({ published }) => published > 0)) ?? EMPTY);
    configs$.next(config({ yard: { ...live, nice: 1 }, gate: live, hall: { ...live, enabled: false } }));
    expect(seen.at(-1)).toMatchObject({ added: [], changed: ['yard'], removed: [] });
    const now = seen.at(-1)?.cameras ?? [];
    expect(now.map(({ name }) => name)).toEqual(['yard', 'gate']);
    expect([now[1]?.camera === gate?.camera, now[0]?.camera === yard?.camera]).toEqual([true, false]);
    expect(yard?.camera.stats.state).toMatch(/stopped|idle/);
    subscription.unsubscribe();
    expect(gate?.camera.stats.state).toBe('stopped');
    await noFfmpegLeft();
  });

  it('refuses a configuration as a whole: nothing has changed then', async () => {
    let gate: RunningCamera | undefined;
    {
      await using runner = new ConfigRunner();
      runner.apply(config({ gate: live }));
      [gate] = runner.running.cameras;
      const { brokers, cameras } = config({ yard: live });
      expect(() => runner.apply({ brokers: [], cameras })).toThrow(/option 'broker': none given, and there is none/);
      expect([runner.running.cameras[0] === gate, brokers.length]).toEqual([true, 1]);
    }
    expect(gate?.camera.stats.state).toBe('stopped');
    await noFfmpegLeft();
  });

  it('watches a file, and reports what is wrong with a later one', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rxcam-test-watch-')), 'cameras.json');
    const save = (text: string) => { writeFileSync(`${file}~`, text); renameSync(`${file}~`, file); };
    const text = (cameras: object) => JSON.stringify({ brokers: { main: 'memory:' }, defaults: { pipeline: PIPELINE }, cameras });
    save(text({ gate: clip }));
    const invalid = new Subject<Error>();
    const configs: Config[] = [];
    const next = new Subject<Config>();
    const watching = watchConfig(file, { onInvalid: (error) => { invalid.next(error); } }).subscribe((one) => { configs.push(one); next.next(one); });
    expect(configs.map(({ cameras }) => cameras.length)).toEqual([1]);
    const wrong = firstValueFrom(invalid);
    save('{ "cameras": ');
    expect((await wrong).message).toMatch(/cameras\.json:1:\d+: /);
    const right = firstValueFrom(next);
    save(text({ gate: clip, yard: clip }));
    expect((await right).cameras).toHaveLength(2);
    watching.unsubscribe();
    await expect(firstValueFrom(watchConfig('/no/such/file.yaml'))).rejects.toThrow(/can't be read: there is no such file \(ENOENT\)/);
  });
});
