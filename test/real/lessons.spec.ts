/** The lessons of docs/learn print what they say; the size of an access unit and the mean of a pattern may differ. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs, temporaryFolder } from '../services/index.js';
import { blocks } from '../unit/readme.js';
import { build, install, runCommand } from './readme-program.js';

const LEARN = fileURLToPath(new URL('../../docs/learn', import.meta.url));
const LESSONS = readdirSync(LEARN).filter((name) => name.endsWith('.md')).sort().map((name) => {
  const found = blocks(readFileSync(`${LEARN}/${name}`, 'utf8'));
  const { code = '' } = found.find(({ language }) => language === 'js') ?? {};
  return { name, file: /^\/\/ (\S+)\n/.exec(code)?.[1] ?? '', code, prints: found.find(({ language }) => language === 'text')?.code };
});

const alike = (text: string) => text.trimEnd().replaceAll(/\d+ bytes/g, 'N bytes').replaceAll(/mean \d+/g, 'mean N');

needs('ffmpeg')('docs/learn', () => {
  let folder = '';

  beforeAll(async () => {
    await build();
    folder = temporaryFolder('lessons');
    install(folder);
  });

  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('has seven', () => {
    expect(LESSONS.map(({ file }) => file)).toEqual(Array.from({ length: 7 }, (_, at) => `lesson${at + 1}.mjs`));
  });

  it.concurrent.each(LESSONS)('$name', async ({ file, code, prints }) => {
    writeFileSync(`${folder}/${file}`, code);
    const [, command, text] = /^\$ (.*)\n([^]*)$/.exec(prints ?? '') ?? [];
    const { exitCode, stdout, stderr } = await runCommand(command ?? `node --test ${file}`, { cwd: folder });
    expect(stderr).toBe('');
    if (text === undefined) expect(stdout).toMatch(/^(# |ℹ )pass 1$/m);
    else expect(alike(stdout)).toBe(alike(text));
    expect(exitCode).toBe(0);
  });
});
