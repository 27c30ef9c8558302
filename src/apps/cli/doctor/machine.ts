/** The doctor's checks of this machine: Node, ffmpeg, hardware encoders, the cache folder. */
import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Observable, catchError, concat, defer, endWith, firstValueFrom, ignoreElements, of, take, timeout } from 'rxjs';
import { encodeH265 } from '../../../../operators/index.js';
import { camera } from '../../../camera/index.js';
import { cacheFolder } from '../../../core/defaults/cache-folder.js';
import { makeFolder } from '../../../core/defaults/make-folder.js';
import { HARDWARE } from '../../../core/steps/index.js';
import { findFfmpeg } from '../../../ffmpeg/index.js';
import { sizeText } from '../../../ledger/index.js';
import { errorLine } from '../program/index.js';
import { type Finding, failedFinding } from './finding.js';

/** The lowest version of Node, as in package.json. */
const LEAST_NODE = [20, 19] as const;
/** Encoders that rxcam uses, and others that users ask about. */
const ENCODERS = ['libx265', 'mjpeg', 'hevc_nvenc', 'hevc_vaapi', 'hevc_qsv', 'hevc_videotoolbox'];
/** Free space in the cache folder below which there is a line of advice. Facts about ffmpeg need little; downloads may need more. */
const LEAST_FREE_BYTES = 1_000_000_000;
/** Time limit for a hardware encoder to emit a picture; ms. */
const HARDWARE_TIMEOUT_MS = 20_000;

/** Emits the findings in order, each as soon as it is known. */
export function machineFindings(): Observable<Finding> {
  return concat(of(node()), defer(ffmpeg), ...HARDWARE.map((kind) => defer(() => hardware(kind))), defer(cache));
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  const found = `${process.versions.node} on ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  return { name: 'Node', state: isOld ? 'bad' : 'ok', found, ...(isOld && { advice: `install Node ${LEAST_NODE.join('.')} or later` }) };
}

async function ffmpeg(): Promise<Finding> {
  try {
    const { path, version, isOld, encoders } = await firstValueFrom(findFfmpeg());
    const has = ENCODERS.filter((name) => encoders.has(name));
    const facts = { path, version, encoders: has };
    const found = `${version} at ${path}, with ${has.join(', ')}`;
    if (!has.includes('libx265')) return { name: 'ffmpeg', state: 'bad', found, facts, advice: 'install an ffmpeg with libx265 (apt install ffmpeg), or name it by FFMPEG_PATH' };
    if (isOld) return { name: 'ffmpeg', state: 'bad', found, facts, advice: 'a build of 2018 lacks all security fixes since then and reads from no network: install a current one (apt install ffmpeg)' };
    return { name: 'ffmpeg', state: 'ok', found, facts };
  } catch (error) {
    return { ...failedFinding('ffmpeg', error), advice: 'install it (apt install ffmpeg), or name it by FFMPEG_PATH' };
  }
}

/** Tests a hardware encoder by encoding pictures of the test pattern. */
async function hardware(kind: (typeof HARDWARE)[number]): Promise<Finding> {
  const name = `hardware ${kind}`;
  const pattern = camera('test:?size=320x240&fps=25&duration=1', { pace: 'asap' });
  let chosen = { encoder: '', hardware: false, reason: 'nothing was encoded' };
  const watching = pattern.events$.subscribe((event) => { if (event.type === 'encoder') chosen = event; });
  const encoded$ = pattern.pipe(encodeH265({ hardware: kind }), take(3), timeout(HARDWARE_TIMEOUT_MS));
  const error = await firstValueFrom(encoded$.pipe(ignoreElements(), endWith(undefined), catchError((one: unknown) => of(one))));
  watching.unsubscribe();
  if (error !== undefined) return { name, state: 'note', found: `fails: ${errorLine(error)}` };
  if (!chosen.hardware) return { name, state: 'note', found: chosen.reason.replace(/^hardware failed its probe: /, '') };
  return { name, state: 'ok', found: `${chosen.encoder} encodes`, advice: `use it: encodeH265: { hardware: ${kind} }, or --hardware ${kind}` };
}

async function cache(): Promise<Finding> {
  const folder = cacheFolder();
  const name = 'cache';
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const found = `${folder}, ${sizeText(free)} free`;
    const facts = { folder, freeBytes: free };
    return free < LEAST_FREE_BYTES
      ? { name, state: 'bad', found, facts, advice: 'make room on that disk, or name another folder by XDG_CACHE_HOME' }
      : { name, state: 'ok', found, facts };
  } catch (error) {
    return { name, state: 'bad', found: `${folder} can't be written to: ${errorLine(error)}`, advice: 'name another folder by XDG_CACHE_HOME' };
  }
}
