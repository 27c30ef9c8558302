/** The folder in which rxcam keeps what it can make or fetch again: downloads, and what ffmpeg binaries said of themselves. */
import { constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `rxcam` in the user's cache folder; it need not be there. */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'];
  return path.join(given !== undefined && path.isAbsolute(given) ? given : path.join(os.homedir(), '.cache'), 'rxcam');
}

/** A flag of `open`: without following a link, where the system knows how. */
export const NO_LINK = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
