/** Which ffmpeg runs: one that is asked for is the one or none, an old one reads nothing from afar, and events tell. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { camera, encodeH265, findFfmpeg } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { BUILDS } from '../real/builds.js';
import { fieldInput, freePort, needs, temporaryFolder } from '../services/index.js';

const packaged = BUILDS.find(({ name }) => name === 'installer')?.path;

let watched: Watched | undefined;
const before = { ...process.env };
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  for (const name of ['FFMPEG_PATH', 'RXCAM_ALLOW_OLD_FFMPEG', 'PATH']) {
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
  ])('that is %s is an error, and never passed over', async (_, path) => {
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

describe.runIf(packaged !== undefined)('the packaged build', () => {
  const asPackaged = (allow?: string) => {
    process.env['PATH'] = '/nonexistent';
    if (allow === undefined) Reflect.deleteProperty(process.env, 'RXCAM_ALLOW_OLD_FFMPEG');
    else process.env['RXCAM_ALLOW_OLD_FFMPEG'] = allow;
  };

  it('takes test: and local files without a word', async () => {
    asPackaged();
    watched = watch('test:?duration=0.4');
    await watched.whenOver();
    expect(watched.of('ffmpeg')[0]?.path).toBe(packaged);
    expect(watched.of('warning')).toEqual([]);
    await watched.end();
    watched = watch(await fieldInput('flat264.mp4'));
    await watched.nth('published', 2);
  });

  it.each(['rtsp://127.0.0.1:PORT/a', 'http://127.0.0.1:PORT/a.mp4', 'https://127.0.0.1:PORT/a'])('takes nothing from afar: %s', async (address) => {
    asPackaged();
    const error = await failureOf(address.replace('PORT', String(await freePort())));
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toMatch(/^[^\n]*apt install ffmpeg[^\n]*RXCAM_ALLOW_OLD_FFMPEG=1[^\n]*$/);
  });

  it('is no other by another way: FFMPEG_PATH names it', async () => {
    asPackaged();
    process.env['FFMPEG_PATH'] = packaged;
    expect((await failureOf('rtsp://127.0.0.1:9/a')).code).toBe('INVALID_OPTION');
  });

  it.each([['the variable', '1', {}], ['the option', undefined, { allowOldFfmpeg: true }]] as const)('reads from afar where %s allows it', async (_, allow, options) => {
    asPackaged(allow);
    expect((await failureOf(`rtsp://127.0.0.1:${await freePort()}/a`, options)).code).toBe('SOURCE_REFUSED');
  });
});
