/** Run before each example: lets it import `rxcam` from this checkout, which it builds first if need be. A copy elsewhere needs none. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rxcam = fileURLToPath(new URL('node_modules/rxcam', import.meta.url));
if (!existsSync(`${rxcam}/dist/bundle/index.js`)) {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  mkdirSync(rxcam, { recursive: true });
  copyFileSync(`${root}/package.json`, `${rxcam}/package.json`);
  if (!existsSync(`${rxcam}/dist`)) symlinkSync(`${root}/dist`, `${rxcam}/dist`, 'junction');
}
