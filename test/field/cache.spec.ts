/** The folder of the cache belongs to this user, and no other user can read it. */
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Frame } from '../../src/index.js';
import { type HttpServer, fieldInput, http, needs, startHttpServer, temporaryFolder } from '../services/index.js';
import { play } from './played.js';

let server: HttpServer;
let folder: string;
beforeEach(async () => {
  server = await startHttpServer({ '/clip.mp4': http.file(await fieldInput('lepton80x60.mp4')) });
  folder = temporaryFolder('own-cache');
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;
const played = async (cacheDir: string) => play<Frame>(server.urlOf('/clip.mp4'), (gate) => gate, { cacheDir });

needs('ffmpeg')('the folder of the cache', () => {
  it.each([
    ['is created so that only this user can read it', () => undefined],
    ['that others can read becomes private', (path: string) => { mkdirSync(path); chmodSync(path, 0o755); }],
  ] as const)('%s, and its files too, with any umask', async (_, make) => {
    const path = join(folder, 'cache');
    make(path);
    const before = process.umask(0);
    const { values, error } = await played(path).finally(() => process.umask(before));
    expect(error).toBeUndefined();
    expect(values).toHaveLength(9);
    expect(modeOf(path)).toBe(0o700);
    expect(readdirSync(path).map((name) => modeOf(join(path, name)))).toEqual([0o600, 0o600]);
  });

  it.each([
    ['a link', (path: string) => { mkdirSync(`${path}-there`); symlinkSync(`${path}-there`, path); }, /is a symbolic link/],
    ['open to all', (path: string) => { mkdirSync(path); chmodSync(path, 0o777); }, /chmod 700/],
    ['open to a group', (path: string) => { mkdirSync(path); chmodSync(path, 0o770); }, /chmod 700/],
    ['readable, with other things in it', (path: string) => { mkdirSync(path); writeFileSync(join(path, 'notes.txt'), ''); chmodSync(path, 0o755); }, /holds more than the cache/],
    ['a file', (path: string) => { writeFileSync(path, ''); }, /cannot be stored/],
    ...(process.getuid?.() === 0 ? [['of another user', (path: string) => { mkdirSync(path, 0o700); chownSync(path, 12_345, 12_345); }, /belongs to another user/] as const] : []),
  ] as const)('is refused, with the remedy, if it is %s', async (_, make, message) => {
    const path = join(folder, 'cache');
    make(path);
    const { values, error } = await played(path);
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringMatching(message) as string });
    expect(server.requests).toEqual([]);
  });
});
