/** The environment of an ffmpeg process, its privileges, its process group, and its end with a worker thread. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { camera, encodeH265, resize } from '../../src/index.js';
import { childEnvironment } from '../../src/ffmpeg/binary/environment.js';
import { type Watched, captures, eventually, watch } from '../faults/kit.js';
import { build } from '../real/apps/cli-program.js';
import { needs, noFfmpegLeft } from '../services/index.js';
import { map } from 'rxjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const isLinux = process.platform === 'linux';

let watched: Watched | undefined;
const before = { ...process.env };
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
});

const environ = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter((one) => one !== '').map((one) => one.split('=')[0]);
const status = (pid: number, name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
const hasSetpriv = existsSync('/usr/bin/setpriv') && execFileSync('/usr/bin/setpriv', ['--help']).includes('no-new-privs');

needs('ffmpeg')('an ffmpeg process', () => {
  it.runIf(isLinux)('has no variable and no secret of the program in its environment', async () => {
    Object.assign(process.env, { DATABASE_PASSWORD: 'pass-of-the-program', FFREPORT: 'file=/tmp/report.log', LIBVA_DRIVER_NAME: 'iHD', HTTPS_PROXY: 'http://u:pass-of-the-program@proxy:1' });
    watched = watch('test:', { secrets: ['pass-of-the-program'] });
    await watched.nth('published', 3);
    const names = environ(watched.pid);
    expect(names).toContain('PATH');
    expect(names).toContain('LIBVA_DRIVER_NAME');
    expect(names).not.toContain('DATABASE_PASSWORD');
    expect(names).not.toContain('FFREPORT');
    expect(names).not.toContain('HTTPS_PROXY');
  });

  it.each(['AV_LOG_FORCE_COLOR', 'AV_LOG_FORCE_256COLOR', 'AV_LOG_FORCE_NOCOLOR'])('%s=1 in the environment changes nothing', async (name) => {
    process.env[name] = '1';
    watched = watch('test:');
    const { source } = await watched.nth('opened');
    expect(source).toMatchObject({ codec: 'rawvideo', width: 640, height: 360 });
  });

  it('a wrong FFREPORT, of a level that changes the lines, changes nothing', async () => {
    process.env['FFREPORT'] = 'file=/nonexistent/report:level=56';
    watched = watch('test:');
    await watched.nth('opened');
    await watched.nth('published', 2);
  });

  it.runIf(isLinux && hasSetpriv)('can\'t gain privileges, and leads its own process group', async () => {
    watched = watch('test:');
    await watched.nth('published');
    const { pid } = watched;
    expect(status(pid, 'NoNewPrivs')).toBe('1');
    expect(execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()).toBe(String(pid));
  });

  it.each([0, 7])('nice: %i', async (nice) => {
    watched = watch('test:', { nice });
    await watched.nth('published');
    expect(getPriority(watched.pid)).toBe(nice === 0 ? getPriority() : nice);
  });

  it('nice applies also to the process that encodes frames, and to its threads', async () => {
    const gate = camera('test:', { nice: 5 });
    const subscription = gate.pipe(map((frame) => frame), resize({ width: 320 }), encodeH265()).subscribe();
    await eventually('two processes', () => captures().length === 2);
    for (const pid of captures()) expect(getPriority(pid)).toBe(5);
    subscription.unsubscribe();
    await noFfmpegLeft();
  });

  it.each([-1, 20, 1.5, NaN])('nice: %d is refused', (nice) => {
    expect(() => camera('test:', { nice })).toThrow(/option 'nice': .* given/);
  });

  describe('a thread that is terminated', () => {
    beforeAll(build);

    it('leaves no running ffmpeg', async () => {
      const worker = new Worker(new URL('fixtures/worker.mjs', import.meta.url), { workerData: `${ROOT}.cache/cli-build` });
      await once(worker, 'message');
      expect(captures()).toHaveLength(1);
      await worker.terminate();
      await noFfmpegLeft();
    });
  });
});

describe('childEnvironment', () => {
  it('takes names in any case, and a proxy without a login', () => {
    const given = { Path: '/bin', http_proxy: 'http://proxy:3128', SECRET: 'x', RXCAM_KAFKA_PASSWORD: 'x', LD_PRELOAD: '/x.so' };
    expect(childEnvironment(given)).toEqual({ Path: '/bin', http_proxy: 'http://proxy:3128', AV_LOG_FORCE_NOCOLOR: '1' });
  });
});
