/** The folder of the cache: only for this user, so that nobody else reads or replaces downloads. */
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { CaptureCrashed } from '../../core/errors/errors.js';

/** Downloads, and facts about ffmpeg. */
const OURS = /^(?:[0-9a-f]{64}\.|ffmpeg\.json)/;

/**
 * Makes the folder, or makes sure of one that is there. One that others can read is closed to them if nothing of theirs is in it.
 * @throws CaptureCrashed that says what to do; the error of the file system
 */
export async function ownFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const user = process.getuid?.();
  if (found.isSymbolicLink()) throw refused(folder, 'is a link: name the folder that it leads to');
  if (user === undefined) return folder;
  if (found.uid !== user) throw refused(folder, 'belongs to another user: name one of your own');
  if ((found.mode & 0o022) !== 0) throw refused(folder, 'may be written to by others: chmod 700 it, or name another');
  if ((found.mode & 0o077) === 0) return folder;
  if (!(await readdir(folder)).every((name) => OURS.test(name))) {
    throw refused(folder, 'may be read by others, and holds more than the cache: chmod 700 it, or name a folder in it');
  }
  await chmod(folder, 0o700);
  return folder;
}

function refused(folder: string, why: string): CaptureCrashed {
  return new CaptureCrashed(`the cache folder '${folder}' ${why} (cacheDir), or set download: false`);
}
