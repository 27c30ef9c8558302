/** Places of an ffmpeg: PATH, and the npm package, which is an optional dependency. */
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Finds a program in PATH, so that events can name the file that runs. */
export function findInPath(name: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((one) => path.resolve(folder, one))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The binary of the package; undefined without it. Sets the permission to execute, which the package's install script does unless
 * npm runs no scripts.
 */
export function packagedPath(): string | undefined {
  try {
    const { path: installed } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    makeExecutable(installed);
    return installed;
  } catch {
    return undefined;
  }
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}
