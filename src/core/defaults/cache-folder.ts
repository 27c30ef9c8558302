/** The folder of rxcam's cache: downloads, and facts about ffmpeg binaries. */
import { constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `rxcam` in the user's cache folder; it need not exist. */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'];
  return path.join(given !== undefined && path.isAbsolute(given) ? given : path.join(os.homedir(), '.cache'), 'rxcam');
}

/** A flag of `open`: does not follow links, on systems that support it. */
export const NO_LINK = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
