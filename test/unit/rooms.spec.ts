/** The rooms of the project: few entries on a level, each room introduced by a README that is true, imports that go down only. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { STEP_KINDS } from '../../src/core/steps/index.js';
import * as entry from '../../src/index.js';
import { fileNameOf } from './interfaces.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** About nine is what one takes in at a glance; a folder of twelve files is still a list that one reads to its end. */
const MAX_ENTRIES = 12;
/** Long enough to say what comes in and goes out, short enough to be read before the code. */
const LINES = { min: 10, max: 30 };
const MAX_HOPS = 12;

/** A catalogue holds a module for each row of a table, and is read by their names: it may grow. */
const CATALOGUES: Readonly<Record<string, readonly string[]>> = { 'src/core/steps': STEP_KINDS.map((kind) => `${fileNameOf(kind)}.ts`) };

const folders = (folder: string): string[] => readdirSync(join(ROOT, folder), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
const below = (folder: string): string[] => [folder, ...folders(folder).flatMap(below)];
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** Files and folders that a page names: in backticks, with an ending of code or a slash at the end. */
const placesIn = (page: string) => [...page.matchAll(/`([\w./-]+(?:\.(?:ts|mjs|cjs)|\/))`/g)].map((match) => match[1] ?? '');

const ROOMS = [...folders('src'), 'operators', 'marbles'];

it.each(below('src'))('%s has no more entries than one takes in', (folder) => {
  const entries = readdirSync(join(ROOT, folder)).filter((name) => name !== 'index.ts' && name !== 'README.md' && CATALOGUES[folder]?.includes(name) !== true);
  expect(entries.length, entries.join(' ')).toBeLessThanOrEqual(MAX_ENTRIES);
});

describe.each(ROOMS)('the room %s', (room) => {
  const page = existsSync(join(ROOT, room, 'README.md')) ? textOf(`${room}/README.md`) : '';

  it('has a README that says what comes in, what goes out, and where to begin', () => {
    expect(page.split('\n').length).toBeGreaterThan(LINES.min);
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES.max);
    expect(page.startsWith(`# ${room.replace('src/', '')}\n`)).toBe(true);
    for (const part of [/^In: /m, /Out: /m, /^Begin with `/m]) expect(page).toMatch(part);
  });

  it('names files and folders that are there', () => {
    const places = placesIn(page);
    expect(places).not.toEqual([]);
    expect(places.filter((place) => !existsSync(join(ROOT, room, place)) && !existsSync(join(ROOT, place)) && !existsSync(join(ROOT, 'src', place)))).toEqual([]);
  });
});

it('is on a line of the rules for imports, each of src', () => {
  const { forbidden } = createRequire(import.meta.url)('../check/dependency-cruiser.cjs') as { forbidden: { name: string }[] };
  const ruled = forbidden.flatMap(({ name }) => /^(.*)-imports-what-is-below$/.exec(name)?.[1] ?? []);
  expect(ruled).toEqual(expect.arrayContaining(folders('src')));
});

it('shows the path of a picture in at most twelve hops, by files that are there', () => {
  const hops = textOf('src/camera/README.md').split('\n').filter((line) => /^\d+\. /.test(line));
  expect(hops.length).toBeGreaterThan(0);
  expect(hops.length).toBeLessThanOrEqual(MAX_HOPS);
  for (const hop of hops) {
    const files = placesIn(hop);
    expect(files, hop).not.toEqual([]);
    // The first is named by its whole path; others may be beside it.
    const [first = ''] = files;
    for (const file of files) expect(existsSync(join(ROOT, file)) || existsSync(join(ROOT, dirname(first), file)), file).toBe(true);
    expect(existsSync(join(ROOT, first)), first).toBe(true);
  }
});

it('names, in the picture of the architecture, rooms that are there', () => {
  const picture = /## Rooms\n\n```text\n([^]*?)```/.exec(textOf('docs/project/architecture.md'))?.[1] ?? '';
  const shown = ROOMS.map((room) => room.replace('src/', '')).filter((room) => new RegExp(`\\b${room}\\b`).test(picture));
  expect(shown.sort()).toEqual(['broker', 'camera', 'consumer', 'ffmpeg', 'ledger', 'message', 'operators', 'source']);
  expect(picture.split('\n').every((line) => line.length <= 100)).toBe(true);
});

it('shows the flow of data in the README, by operators that there are', () => {
  const picture = /## How it works\n\n```text\n([^]*?)```/.exec(textOf('README.md'))?.[1] ?? '';
  const named = [...picture.matchAll(/\b(\w+)\(\)/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(entry, name))).toEqual([]);
  expect(picture.split('\n').every((line) => line.length <= 100)).toBe(true);
});
