/** The commands of docs/errors.md fail with the error whose entry they are in, and what they print ends with that entry. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs, temporaryFolder } from '../services/index.js';
import { MAIN, build, runCommand } from './readme-program.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMANDS = readFileSync(`${ROOT}docs/errors.md`, 'utf8').split(/^## /m).slice(1).flatMap((entry) => {
  const [, command] = /^```sh\nrxcam (.*)\n```$/m.exec(entry) ?? [];
  return command === undefined ? [] : [[entry.slice(0, entry.indexOf('\n')), command] as const];
});

needs('ffmpeg')('docs/errors.md', () => {
  const cwd = temporaryFolder('errors-page');
  beforeAll(async () => {
    await build();
    copyFileSync(`${ROOT}README.md`, `${cwd}/README.md`);
  });
  afterAll(() => { rmSync(cwd, { recursive: true, force: true }); });

  it('has commands', () => {
    expect(COMMANDS.length).toBeGreaterThan(2);
  });

  it.concurrent.each(COMMANDS)('%s: rxcam %s', async (code, command) => {
    const { exitCode, stderr } = await runCommand(`node ${MAIN} ${command}`, { cwd });
    if (code === 'INVALID_OPTION') expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/^rxcam: .*99 given.* \(docs\/errors\.md#invalid_option\)$/) as string });
    else expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(new RegExp(`"code":"${code}","message":"[^\\n]*","page":"docs/errors\\.md#${code.toLowerCase()}"}`)) as string });
  });
});
