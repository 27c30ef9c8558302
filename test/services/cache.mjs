/** Where the tests keep what is dear to make or fetch, and which services they may do without. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const SERVICES = /** @type {const} */ (['ffmpeg', 'redis', 'kafka', 'rtsp', 'python', 'pypi', 'cjpeg', 'npm', 'nodes', 'prometheus', 'chromium']);

/** Outside the checkout, so that a second clone finds it too. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rxcam-test');

/** The version is also in kafka/pom.xml; a new one makes a new folder. */
export const kafkaLibs = join(cacheDir, 'kafka-4.1.1');

/** Debian's own, which sees python3-gi; another python3 that comes first in PATH does not. */
export const python = '/usr/bin/python3';

/** Has what matrice/requirements.txt names; other versions there want another number here. */
export const consumerFolder = join(cacheDir, 'consumer-1');
export const consumerPython = join(consumerFolder, 'bin', 'python');

/** Other releases of Node that rxcam supports, from npm. */
export const NODE_RELEASES = /** @type {const} */ (['22', '24']);
/** @param {string} release */
export const nodeFolder = (release) => join(cacheDir, `node-${release}`);
/** npm's package of a release for this machine. */
export const nodePackage = `node-${process.platform}-${process.arch}`;
/** @param {string} release */
export const nodeOf = (release) => join(nodeFolder(release), 'node_modules', nodePackage, 'bin', 'node');

/** The services that RXCAM_TEST_SKIP names (a comma list). */
export function skipped() {
  const names = (process.env.RXCAM_TEST_SKIP ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const unknown = names.filter((name) => !SERVICES.some((service) => service === name));
  if (unknown.length > 0) {
    throw new Error(`RXCAM_TEST_SKIP names ${unknown.join(', ')}; the services are ${SERVICES.join(', ')}.`);
  }
  return new Set(names);
}
