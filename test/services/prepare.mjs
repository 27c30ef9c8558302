/**
 * Ensures that the programs which the tests start are installed. Installs missing Debian packages (as root on Debian or Ubuntu, or with
 * RXCAM_TEST_INSTALL=1), and downloads Kafka, the packages of a Python consumer and other releases of Node once into the user's cache. If
 * something is still missing, it prints one message with the command that installs it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_RELEASES, cacheDir, consumerFolder, consumerPython, kafkaLibs, nodeFolder, nodeOf, nodePackage, python, skipped } from './cache.mjs';

const RTSP_IMPORT = `
import gi
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer
Gst.init(None)
needed = ('x264enc', 'x265enc', 'rtph264pay', 'rtph265pay', 'h264parse', 'h265parse')
missing = [name for name in needed if not Gst.ElementFactory.find(name)]
raise SystemExit('missing elements: ' + ' '.join(missing) if missing else 0)`;

/** @typedef {{ service: string, packages: string[], present: () => boolean }} Need */
/** @type {Need[]} */
const NEEDS = [
  { service: 'ffmpeg', packages: ['ffmpeg'], present: () => onPath('ffmpeg') && onPath('ffprobe') },
  { service: 'redis', packages: ['redis-server'], present: () => onPath('redis-server') },
  {
    service: 'rtsp',
    packages: [
      'python3', 'python3-gi', 'gir1.2-gst-rtsp-server-1.0', 'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad', 'gstreamer1.0-plugins-ugly',
    ],
    present: () => existsSync(python) && succeeds(python, ['-c', RTSP_IMPORT]),
  },
  { service: 'cjpeg', packages: ['libjpeg-turbo-progs'], present: () => onPath('cjpeg') },
  { service: 'prometheus', packages: ['prometheus'], present: () => onPath('prometheus') && onPath('promtool') },
  { service: 'chromium', packages: ['chromium'], present: () => onPath('chromium') },
  { service: 'python', packages: ['python3'], present: () => existsSync(python) },
  { service: 'pypi', packages: ['python3', 'python3-venv'], present: () => hasConsumer() || succeeds(python, ['-c', 'import venv, ensurepip']) },
  { service: 'kafka', packages: ['openjdk-17-jre-headless'], present: () => onPath('java') },
  { service: 'kafka', packages: ['maven'], present: () => hasKafka() || onPath('mvn') },
];

const without = skipped();
const needs = NEEDS.filter((need) => !without.has(need.service));
const missing = needs.filter((need) => !need.present());
if (missing.length > 0) install(missing);
if (!without.has('kafka')) {
  checkJava();
  if (!hasKafka()) downloadKafka();
}
if (!without.has('pypi') && !hasConsumer()) downloadConsumer();
if (!without.has('nodes')) for (const release of NODE_RELEASES) if (!succeeds(nodeOf(release), ['--version'])) downloadNode(release);

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function hasKafka() {
  return existsSync(kafkaLibs);
}

function hasConsumer() {
  return succeeds(consumerPython, ['-c', 'import av, kafka, redis']);
}

/** @param {Need[]} wanted */
function install(wanted) {
  const packages = [...new Set(wanted.flatMap((need) => need.packages))];
  const byHand = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!mayInstall()) {
    fail(wanted, `Install it with: ${byHand}`);
  }
  process.stderr.write(`Installing for the tests: ${packages.join(' ')}.\n`);
  const ok = apt(['update']) && apt(['install', '-y', '--no-install-recommends', ...packages]);
  const still = wanted.filter((need) => !need.present());
  if (!ok || still.length > 0) fail(still.length > 0 ? still : wanted, `This command failed: ${byHand}`);
}

function mayInstall() {
  if (!onPath('apt-get')) return false;
  return process.env.RXCAM_TEST_INSTALL === '1' || (process.getuid?.() === 0 && isDebian());
}

function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** @param {string[]} args */
function apt(args) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const [command = 'apt-get', ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
  return spawnSync(command, rest, { stdio: ['ignore', 2, 2] }).status === 0;
}

function checkJava() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (version < 17) {
    fail([{ service: 'kafka', packages: [], present: () => false }],
      `Kafka 4 needs Java 17 or later, and the version of java on PATH is ${version || 'unknown'}. Install it with: `
      + 'apt-get install -y --no-install-recommends openjdk-17-jre-headless');
  }
}

/** Downloads into a temporary folder and then renames it, so that the final folder is always complete. */
function downloadKafka() {
  process.stderr.write('Downloading Apache Kafka for the tests (once).\n');
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, 'fetch-'));
  const pom = fileURLToPath(new URL('kafka/pom.xml', import.meta.url));
  const args = ['-q', '-B', '-ntp', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const fetched = spawnSync('mvn', args, { stdio: ['ignore', 2, 2] }).status === 0;
  if (fetched && !hasKafka()) renameSync(folder, kafkaLibs);
  rmSync(folder, { recursive: true, force: true });
  if (!fetched) fail([{ service: 'kafka', packages: [], present: hasKafka }], `This command failed: mvn ${args.join(' ')}`);
}

/** Only wheels: nothing is compiled. */
function downloadConsumer() {
  process.stderr.write('Downloading the packages of a Python consumer for the tests (once).\n');
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, 'fetch-'));
  const requirements = fileURLToPath(new URL('matrice/requirements.txt', import.meta.url));
  const made = succeeds(python, ['-m', 'venv', folder]);
  const args = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--only-binary', ':all:', '-r', requirements];
  const pip = join(folder, 'bin', 'python');
  const fetched = made && spawnSync(pip, args, { stdio: ['ignore', 2, 2] }).status === 0;
  if (fetched) {
    rmSync(consumerFolder, { recursive: true, force: true });
    renameSync(folder, consumerFolder);
  }
  rmSync(folder, { recursive: true, force: true });
  if (fetched) return;
  const byHand = `${python} -m venv ${consumerFolder} && ${consumerPython} ${args.join(' ')}`;
  fail([{ service: 'pypi', packages: [], present: hasConsumer }], `This command failed: ${byHand}`);
}

/** @param {string} release */
function downloadNode(release) {
  process.stderr.write(`Downloading Node ${release} for the tests (once).\n`);
  const folder = nodeFolder(release);
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, `${nodePackage}@${release}`];
  const fetched = spawnSync('npm', args, { stdio: ['ignore', 2, 2] }).status === 0;
  const present = () => succeeds(nodeOf(release), ['--version']);
  if (fetched && present()) return;
  fail([{ service: 'nodes', packages: [], present }], `This command failed: npm ${args.join(' ')}`);
}

/** @param {Need[]} wanted @param {string} remedy @returns {never} */
function fail(wanted, remedy) {
  const services = [...new Set(wanted.map((need) => need.service))].join(',');
  process.stderr.write(
    `The tests start real services, and these are not installed: ${services}.\n`
    + `${remedy}\nOr skip their tests: RXCAM_TEST_SKIP=${services} npm test\n`);
  process.exit(1);
}
