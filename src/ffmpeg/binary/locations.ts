/** Locates ffmpeg: in PATH, and in the npm package, which is an optional dependency. */
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The absolute path of a program in PATH, so that events can name the file that runs; undefined if it is not there. */
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
 * The path of the package's binary; undefined if the package is not installed. Sets the permission to execute, because npm may be
 * set not to run the install script that does.
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
