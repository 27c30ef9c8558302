/** Runs before each example, so that it can import `rxcam` from this checkout, which is built first if necessary. It does nothing in a copy outside of a checkout. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
if (existsSync(`${root}/src/bundle.mjs`)) link(fileURLToPath(new URL('node_modules/rxcam', import.meta.url)));

/** @param {string} rxcam - the folder in which Node looks for the package */
function link(rxcam) {
  mkdirSync(rxcam, { recursive: true });
  // Copied each time: that of an older checkout may have fewer entries.
  copyFileSync(`${root}/package.json`, `${rxcam}/package.json`);
  const { exports } = JSON.parse(readFileSync(`${rxcam}/package.json`, 'utf8'));
  const files = Object.values(exports).map((entry) => entry.default ?? '').filter((file) => file !== '');
  if (!files.every((file) => existsSync(`${root}/${file}`))) {
    process.stderr.write('Building rxcam …\n');
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  }
  if (!existsSync(`${rxcam}/dist`)) symlinkSync(`${root}/dist`, `${rxcam}/dist`, 'junction');
}
