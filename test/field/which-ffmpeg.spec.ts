/** The choice of ffmpeg: a requested binary has no fallback, an old one reads nothing over the network, and events report the choice. */
import { readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { camera, encodeH265, findFfmpeg } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { fieldInput, freePort, needs, noFfmpegLeft, temporaryFolder } from '../services/index.js';

const packaged = BUILDS.find(({ name }) => name === 'installer')?.path;

let watched: Watched | undefined;
const before = { ...process.env };
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  for (const name of ['FFMPEG_PATH', 'RXCAM_ALLOW_OLD_FFMPEG', 'PATH', 'XDG_CACHE_HOME']) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
});

const failureOf = async (address: string, options = {}) => firstValueFrom(camera(address, options).pipe(encodeH265())).then(
  () => { throw new Error('a picture came'); }, (error: unknown) => error as { code: string; message: string });

function script(text: string): string {
  const path = join(temporaryFolder('ffmpeg'), 'ffmpeg');
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

needs('ffmpeg')('FFMPEG_PATH', () => {
  it.each([
    ['no file', '/nonexistent/ffmpeg'], ['a folder', '/tmp'], ['no program', '/etc/passwd'], ['another program', '/bin/true'],
    ['an ffmpeg without libx265', script('#!/bin/sh\necho "ffmpeg version 5.1.9" >&2; echo "  libavutil      57. 28.100" >&2; echo " V....D mjpeg mjpeg"\n')],
  ])('that is %s is an error, without a fallback', async (_, path) => {
    process.env['FFMPEG_PATH'] = path;
    const error = await failureOf('test:');
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toContain(`FFMPEG_PATH: '${path}' given, which can't be used`);
  });

  it('that is not set leaves the choice to PATH, and an event names the file and its version', async () => {
    watched = watch('test:');
    const { path, version } = await watched.nth('ffmpeg');
    expect(path).toMatch(/^\/.*ffmpeg$/);
    expect(version).toMatch(/^\d/);
    await watched.nth('published');
    expect(watched.lines.some((line) => line.includes('"msg":"ffmpeg"') && line.includes(path))).toBe(true);
  });

  it('that is empty is not set', async () => {
    process.env['FFMPEG_PATH'] = '';
    expect((await firstValueFrom(findFfmpeg())).path).toMatch(/^\//);
  });
});

needs('ffmpeg')('an ffmpeg whose output is cached', () => {
  /** Imports the modules as a new process does. */
  const freshImport = async () => {
    vi.resetModules();
    return import('../../src/index.js');
  };
  const cache = () => join(process.env['XDG_CACHE_HOME'] ?? '', 'rxcam/ffmpeg.json');
  const edit = (change: (text: string) => string) => { writeFileSync(cache(), change(readFileSync(cache(), 'utf8'))); };

  beforeEach(() => { process.env['XDG_CACHE_HOME'] = temporaryFolder('cache'); });

  it('is not examined again by the next process, unless it lacks a required encoder', async () => {
    const { version } = await firstValueFrom((await freshImport()).findFfmpeg());
    edit((text) => text.replaceAll(`ffmpeg version ${version}`, 'ffmpeg version 9.9-remembered').replaceAll('libx265', 'libx999'));
    const next = await freshImport();
    expect((await firstValueFrom(next.findFfmpeg())).version).toBe('9.9-remembered');
    expect(await firstValueFrom(next.findFfmpeg(['libx265']))).toMatchObject({ version });
    expect(readFileSync(cache(), 'utf8')).not.toContain('9.9-remembered');
  });

  it.runIf(packaged !== undefined)('is examined again after a failure if it is another one', async () => {
    const { camera: gate, encodeH265: encode, retry } = await freshImport();
    // The output of a current one under the name of the build of 2018, which does not have -fps_mode.
    await firstValueFrom((await freshImport()).findFfmpeg());
    const current = JSON.parse(readFileSync(cache(), 'utf8')) as { version: 1; binaries: Record<string, object> };
    const real = realpathSync(packaged ?? '');
    const { size, mtimeMs, ctimeMs } = statSync(real);
    const [answers] = Object.values(current.binaries);
    writeFileSync(cache(), JSON.stringify({ version: 1, binaries: { [real]: { ...answers, size, mtimeMs, ctimeMs } } }));
    process.env['FFMPEG_PATH'] = packaged;
    const camera$ = gate('test:', { key: 'gate' });
    const versions: string[] = [];
    const failures: string[] = [];
    camera$.events$.subscribe((event) => {
      if (event.type === 'ffmpeg') versions.push(event.version);
      if (event.type === 'failed') failures.push(event.error.code);
    });
    await firstValueFrom(camera$.pipe(encode(), retry({ initialMs: 10 })));
    expect(failures).toHaveLength(1);
    expect(new Set(versions).size).toBe(2);
    await noFfmpegLeft();
  });
});

describe.runIf(packaged !== undefined)('the packaged build', () => {
  const asPackaged = (allow?: string) => {
    process.env['PATH'] = '/nonexistent';
    if (allow === undefined) Reflect.deleteProperty(process.env, 'RXCAM_ALLOW_OLD_FFMPEG');
    else process.env['RXCAM_ALLOW_OLD_FFMPEG'] = allow;
  };

  it('reads test: and local files without a warning', async () => {
    asPackaged();
    watched = watch('test:?duration=0.4');
    await watched.whenOver();
    expect(watched.of('ffmpeg')[0]?.path).toBe(packaged);
    expect(watched.of('warning')).toEqual([]);
    await watched.end();
    watched = watch(await fieldInput('flat264.mp4'));
    await watched.nth('published', 2);
  });

  it.each(['rtsp://127.0.0.1:PORT/a', 'http://127.0.0.1:PORT/a.mp4', 'https://127.0.0.1:PORT/a'])('reads nothing over the network: %s', async (address) => {
    asPackaged();
    const error = await failureOf(address.replace('PORT', String(await freePort())));
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toMatch(/^[^\n]*apt install ffmpeg[^\n]*RXCAM_ALLOW_OLD_FFMPEG=1[^\n]*$/);
  });

  it('is used in the same way if FFMPEG_PATH names it', async () => {
    asPackaged();
    process.env['FFMPEG_PATH'] = packaged;
    expect((await failureOf('rtsp://127.0.0.1:9/a')).code).toBe('INVALID_OPTION');
  });

  it.each([['the variable', '1', {}], ['the option', undefined, { allowOldFfmpeg: true }]] as const)('reads over the network if %s allows it', async (_, allow, options) => {
    asPackaged(allow);
    expect((await failureOf(`rtsp://127.0.0.1:${await freePort()}/a`, options)).code).toBe('SOURCE_REFUSED');
  });
});
