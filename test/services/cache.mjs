/** The cache of the tests for files that take long to create or download, and the services that can be left out. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const SERVICES = /** @type {const} */ (['ffmpeg', 'redis', 'kafka', 'rtsp', 'python', 'pypi', 'cjpeg', 'npm', 'nodes', 'prometheus', 'chromium']);

/** Outside the checkout, so that a second clone finds it too. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rxcam-test');

/** The version is also in kafka/pom.xml; a new version has a new folder. */
export const kafkaLibs = join(cacheDir, 'kafka-4.1.1');

/** Debian's own, which can import python3-gi; another python3 that is first in PATH can't. */
export const python = '/usr/bin/python3';

/** Has the packages of matrice/requirements.txt; other versions need another number. */
export const consumerFolder = join(cacheDir, 'consumer-1');
export const consumerPython = join(consumerFolder, 'bin', 'python');

/** Other releases of Node that rxcam supports, from npm. */
export const NODE_RELEASES = /** @type {const} */ (['22', '24']);
/** @param {string} release */
export const nodeFolder = (release) => join(cacheDir, `node-${release}`);
/** The npm package of Node for this machine. */
export const nodePackage = `node-${process.platform}-${process.arch}`;
/** @param {string} release */
export const nodeOf = (release) => join(nodeFolder(release), 'node_modules', nodePackage, 'bin', 'node');

/** The services in RXCAM_TEST_SKIP, which is separated by commas. */
export function skipped() {
  const names = (process.env.RXCAM_TEST_SKIP ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const unknown = names.filter((name) => !SERVICES.some((service) => service === name));
  if (unknown.length > 0) {
    throw new Error(`RXCAM_TEST_SKIP has unknown services: ${unknown.join(', ')}; the services are ${SERVICES.join(', ')}.`);
  }
  return new Set(names);
}
