/**
 * `npm start`: the command line of a checkout. Builds if there is no build, or if a source is newer, and
 * then runs it in this process, so that signals reach it. The build prints on stderr, because stdout is for the program's output.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const stamp = join(root, 'dist', '.built');
const sources = ['src', 'operators', 'marbles/kit', 'tsconfig.json', 'package-lock.json'].map((name) => join(root, name));

if (newest(sources) > timeOf(stamp)) build();
await import(new URL('../../../dist/src/apps/cli/main.js', import.meta.url).href);

/** The stamp has the time at which the build began: files that are saved during the build are newer. */
function build() {
  const began = new Date();
  const compiler = join(createRequire(import.meta.url).resolve('typescript-7/package.json'), '../bin/tsc');
  process.stderr.write('Building rxcam …\n');
  rmSync(stamp, { force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', root, '--noEmitOnError'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, '');
  utimesSync(stamp, began, began);
}

/** @param {string[]} paths */
function newest(paths) {
  return Math.max(...paths.map((path) => {
    const entries = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
    return Math.max(timeOf(path), ...entries.map((entry) => timeOf(join(path, entry))));
  }));
}

/** @param {string} path */
function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
