/** Run before each example: lets it import `rxcam` from this checkout, which it builds first if need be. A copy elsewhere needs none. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const link = fileURLToPath(new URL('node_modules/rxcam', import.meta.url));
if (!existsSync(`${link}/dist/bundle/index.js`)) {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  mkdirSync(new URL('node_modules', import.meta.url), { recursive: true });
  if (!existsSync(link)) symlinkSync(root, link, 'junction');
}
