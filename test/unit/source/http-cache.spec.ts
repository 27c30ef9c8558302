/** The cache of HTTP files: where it is, what is in it, and what goes when it is too large. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheKeyOf, findCached, openFolder, storeDownload } from '../../../src/source/download/cache.js';
import { PartialFile } from '../../../src/source/download/partial-file.js';
import { addReader, trimCache } from '../../../src/source/download/trim.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rxcam-test-cache-')); });
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const url = new URL('http://camera.example.com/a/clip.MP4?token=t0ken');
const key = cacheKeyOf(url);

/** Stores a content as the file of an address, last used so many minutes ago. */
async function stored(content: string, { etag = '"1"', of = url, minutesAgo = 0 } = {}): Promise<string> {
  const part = new PartialFile(folder, cacheKeyOf(of));
  writeFileSync(part.path, content);
  part.bytes = part.total = content.length;
  part.validators = { etag };
  const path = await storeDownload(part, of);
  const used = Date.now() / 1_000 - minutesAgo * 60;
  utimesSync(path, used, used);
  return path;
}

describe('the folder', () => {
  it('is the one that is given, and is made for this user alone', async () => {
    const given = join(folder, 'a/b');
    expect(await openFolder(given)).toBe(given);
    expect(statSync(given).mode & 0o777).toBe(0o700);
  });

  it('is rxcam in the cache folder of the user', async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'xdg'));
    expect(await openFolder(undefined)).toBe(join(folder, 'xdg/rxcam'));
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    vi.stubEnv('HOME', folder);
    expect(await openFolder(undefined)).toBe(join(folder, '.cache/rxcam'));
  });

  it('is among the temporary files where that cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'file'));
    vi.stubEnv('TMPDIR', folder);
    expect(await openFolder(undefined)).toMatch(new RegExp(`^${folder}/rxcam`));
  });
});

describe('an entry', () => {
  it('is found with its validators, and shows nothing of the query', async () => {
    const path = await stored('content');
    expect(basename(path)).toMatch(new RegExp(`^${key}\\.[0-9a-f]{8}\\.mp4$`));
    expect(await findCached(folder, key)).toEqual({ path, etag: '"1"', lastModified: undefined });
    expect(JSON.parse(readFileSync(join(folder, `${key}.json`), 'utf8'))).toEqual({ url: 'http://camera.example.com/a/clip.MP4', file: basename(path), size: 7, etag: '"1"' });
    expect(key).toBe(createHash('sha256').update(url.href).digest('hex'));
  });

  it('is none if the file is not as long as it was, is gone, or the note is damaged', async () => {
    const path = await stored('content');
    writeFileSync(path, 'cont');
    expect(await findCached(folder, key)).toBeUndefined();
    rmSync(path);
    expect(await findCached(folder, key)).toBeUndefined();
    writeFileSync(join(folder, `${key}.json`), '{"file":"../../etc/passwd","size":1}');
    expect(await findCached(folder, key)).toBeUndefined();
    writeFileSync(join(folder, `${key}.json`), '{');
    expect(await findCached(folder, key)).toBeUndefined();
  });
});

describe('trimming', () => {
  const other = (n: number) => new URL(`http://camera.example.com/${n}`);

  it('removes replaced files, once no reader can be about to open them', async () => {
    const old = await stored('old', { minutesAgo: 2 });
    const recent = await stored('recent');
    expect(existsSync(old)).toBe(false);
    const latest = await stored('latest', { etag: '"2"' });
    expect([recent, latest].map(existsSync)).toEqual([true, true]);
    expect(await findCached(folder, key)).toMatchObject({ path: latest, etag: '"2"' });
  });

  it('removes what was used longest ago until the limit holds, with its note', async () => {
    const [first, second, third] = [
      await stored('11111', { of: other(1), minutesAgo: 2 }), await stored('22222', { of: other(2), minutesAgo: 9 }), await stored('33333', { of: other(3), minutesAgo: 5 }),
    ];
    await trimCache(folder, '', 12);
    expect([first, second, third].map(existsSync)).toEqual([true, false, true]);
    expect(await findCached(folder, cacheKeyOf(other(2)))).toBeUndefined();
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('never removes what this process reads, what is new, or what is not of the cache', async () => {
    const path = await stored('11111', { minutesAgo: 9 });
    const reader = { reads: path as string | undefined };
    addReader(reader);
    const recent = await stored('22222', { of: other(2) });
    writeFileSync(join(folder, 'mine.mp4'), 'mine');
    await trimCache(folder, '', 0);
    expect([path, recent, join(folder, 'mine.mp4')].map(existsSync)).toEqual([true, true, true]);
    reader.reads = undefined;
    await trimCache(folder, '', 0);
    expect(existsSync(path)).toBe(false);
  });

  it('does not fail if the folder is gone', async () => {
    await expect(trimCache(join(folder, 'gone'), '', 0)).resolves.toBeUndefined();
  });
});
