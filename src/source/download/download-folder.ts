/** The folder of the cache, private to this user, so that no other user reads or replaces downloads. */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { CaptureCrashed } from '../../core/errors/errors.js';
import { makeFolder } from '../../core/defaults/make-folder.js';

/** Names of rxcam's files: downloads, and the facts about ffmpeg. */
const OURS = /^(?:[0-9a-f]{64}\.|ffmpeg\.json)/;

/**
 * Creates the folder, or checks an existing one. If others can read it and it holds only the cache, their permission is removed.
 * @throws CaptureCrashed with the remedy; the error of the file system
 */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  makeFolder(folder, 0o700);
  const found = await lstat(folder);
  const user = process.getuid?.();
  if (found.isSymbolicLink()) throw refused(folder, 'is a symbolic link: give the folder that it points to');
  if (user === undefined) return;
  if (found.uid !== user) throw refused(folder, 'belongs to another user: give one of your own');
  if ((found.mode & 0o022) !== 0) throw refused(folder, 'is writable by others: chmod 700 it, or give another');
  if ((found.mode & 0o077) === 0) return;
  if (!(await readdir(folder)).every((name) => OURS.test(name))) {
    throw refused(folder, 'is readable by others and holds more than the cache: chmod 700 it, or give a folder in it');
  }
  await chmod(folder, 0o700);
}

function refused(folder: string, why: string): CaptureCrashed {
  return new CaptureCrashed(`the cache folder '${folder}' ${why} (cacheDir), or set download: false`);
}
