/** Run before each example: lets it import `rxcam` from this checkout, which it builds first if need be. A copy elsewhere needs none. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
if (existsSync(`${root}/src/bundle.mjs`)) link(fileURLToPath(new URL('node_modules/rxcam', import.meta.url)));

/** @param {string} rxcam - the folder that Node looks in */
function link(rxcam) {
  mkdirSync(rxcam, { recursive: true });
  // Each time: that of an older checkout may name fewer entries.
  copyFileSync(`${root}/package.json`, `${rxcam}/package.json`);
  const { exports } = JSON.parse(readFileSync(`${rxcam}/package.json`, 'utf8'));
  const files = Object.values(exports).map((entry) => entry.default ?? '').filter((file) => file !== '');
  if (!files.every((file) => existsSync(`${root}/${file}`))) {
    process.stderr.write('Building rxcam …\n');
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  }
  if (!existsSync(`${rxcam}/dist`)) symlinkSync(`${root}/dist`, `${rxcam}/dist`, 'junction');
}
