/** The cache of ffmpeg's output: when an entry is valid, and which files are ignored. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheOutput, readCachedOutput, removeCachedOutput } from '../../../src/ffmpeg/binary/output-cache.js';

const ANSWERS = { banner: 'ffmpeg version 5.1.9', encoders: ' V....D libx265' };

let folder: string;
let binary: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxcam-test-remembered-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('RXCAM_NO_CACHE', '');
  cache = join(folder, 'rxcam/ffmpeg.json');
  binary = join(folder, 'ffmpeg');
  writeFileSync(binary, '\x7fELF one');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface Kept { binaries: Record<string, Record<string, unknown>> }
const edit = (change: (kept: Kept) => unknown) => {
  const kept = JSON.parse(readFileSync(cache, 'utf8')) as Kept;
  writeFileSync(cache, JSON.stringify(change(kept) ?? kept));
};
const said = () => {
  const { banner, encoders } = readCachedOutput(binary) ?? {};
  return banner === undefined ? undefined : { banner, encoders };
};

describe('what a binary has said', () => {
  it('is known to the next process, in a file of this user alone that names what it holds', () => {
    expect(readCachedOutput(binary)).toBeUndefined();
    cacheOutput(binary, ANSWERS);
    expect(said()).toEqual(ANSWERS);
    expect(statSync(cache).mode & 0o777).toBe(0o600);
    expect(Object.keys((JSON.parse(readFileSync(cache, 'utf8')) as Kept).binaries[binary] ?? {}).sort())
      .toEqual(['askedAt', 'banner', 'ctimeMs', 'encoders', 'mtimeMs', 'size']);
    expect(readdirSync(join(folder, 'rxcam'))).toEqual(['ffmpeg.json']);
  });

  it('is kept for the file itself, under any link', () => {
    symlinkSync(binary, join(folder, 'link'));
    cacheOutput(join(folder, 'link'), ANSWERS);
    expect(said()).toEqual(ANSWERS);
  });

  it.each([
    ['has another size', () => { writeFileSync(binary, '\x7fELF other'); }],
    ['has another time', () => { utimesSync(binary, 1, 1); }],
    ['is another file of the same size and time', () => {
      const { atime, mtime } = statSync(binary);
      copyFileSync(binary, `${binary}2`);
      utimesSync(`${binary}2`, atime, mtime);
      renameSync(`${binary}2`, binary);
    }],
    ['is gone', () => { rmSync(binary); }],
    ['was asked more than a day ago', () => { edit(({ binaries }) => { Object.assign(binaries[binary] ?? {}, { askedAt: Date.now() - 86_400_001 }); }); }],
    ['was asked in the future', () => { edit(({ binaries }) => { Object.assign(binaries[binary] ?? {}, { askedAt: Date.now() + 60_000 }); }); }],
    ['finds other libraries', () => { vi.stubEnv('LD_LIBRARY_PATH', '/opt/lib'); }],
  ])('does not count where it %s', (_, change) => {
    cacheOutput(binary, ANSWERS);
    change();
    expect(readCachedOutput(binary)).toBeUndefined();
  });

  it.each<[string, () => void]>([
    ['is damaged', () => { writeFileSync(cache, '{"version":1,"binar'); }],
    ['is empty', () => { writeFileSync(cache, ''); }],
    ['holds nothing', () => { writeFileSync(cache, 'null'); }],
    ['has another version', () => { edit((kept) => ({ ...kept, version: 2 })); }],
    ['has other members', () => { edit(({ binaries }) => { binaries[binary] = { banner: 5 }; }); }],
    ['may be written by others', () => { chmodSync(cache, 0o666); }],
    ['is a link', () => { renameSync(cache, `${cache}2`); symlinkSync(`${cache}2`, cache); }],
    ['is a folder', () => { rmSync(cache); mkdirSync(cache); }],
    ['is larger than it can be', () => { edit((kept) => ({ ...kept, padding: 'x'.repeat(1024 ** 2) })); }],
  ])('is not taken from a file that %s', (_, change) => {
    cacheOutput(binary, ANSWERS);
    change();
    expect(readCachedOutput(binary)).toBeUndefined();
    if (statSync(cache).isFile()) {
      cacheOutput(binary, ANSWERS);
      expect(said()).toEqual(ANSWERS);
    }
  });

  it('is forgotten alone', () => {
    const other = `${binary}-other`;
    copyFileSync(binary, other);
    cacheOutput(binary, ANSWERS);
    cacheOutput(other, ANSWERS);
    removeCachedOutput(binary);
    expect(readCachedOutput(binary)).toBeUndefined();
    expect(readCachedOutput(other)).toBeDefined();
  });

  it('is neither written nor read with RXCAM_NO_CACHE=1', () => {
    vi.stubEnv('RXCAM_NO_CACHE', '1');
    cacheOutput(binary, ANSWERS);
    vi.stubEnv('RXCAM_NO_CACHE', '');
    expect(readCachedOutput(binary)).toBeUndefined();
    cacheOutput(binary, ANSWERS);
    vi.stubEnv('RXCAM_NO_CACHE', '1');
    expect(readCachedOutput(binary)).toBeUndefined();
  });

  it('is not kept of a script, which may start another binary each time', () => {
    writeFileSync(binary, '#!/bin/sh\nexec ffmpeg "$@"\n');
    cacheOutput(binary, ANSWERS);
    expect(readCachedOutput(binary)).toBeUndefined();
  });

  it('is not kept if the folder can not be written, without a failure', () => {
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'file'));
    cacheOutput(binary, ANSWERS);
    removeCachedOutput(binary);
    expect(readCachedOutput(binary)).toBeUndefined();
  });

  it('is kept of a few binaries, those that were asked last', () => {
    const names = Array.from({ length: 10 }, (_, n) => `${binary}-${n}`);
    for (const name of names) {
      copyFileSync(binary, name);
      cacheOutput(name, ANSWERS);
    }
    expect(names.map((name) => readCachedOutput(name) !== undefined)).toEqual([false, false, ...Array.from({ length: 8 }, () => true)]);
  });
});
