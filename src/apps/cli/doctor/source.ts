/** The doctor's checks of a source: its stream, its first picture, its rate, its GOP, and the cost of decoding it. */
import { lookup } from 'node:dns/promises';
import { availableParallelism } from 'node:os';
import { Subject, catchError, endWith, filter, firstValueFrom, ignoreElements, map, merge, of, tap, timeout } from 'rxjs';
import { passthrough, skipRate } from '../../../../operators/index.js';
import { type CameraConfig, camera } from '../../../camera/index.js';
import { copiedCodec } from '../../../ffmpeg/index.js';
import { type ClockDifference, mono } from '../../../core/clock.js';
import { type RxcamError, isRxcamError } from '../../../core/errors/errors.js';
import type { SourceInfo } from '../../../core/frame/frame.js';
import { normalizeUrl } from '../../../core/redact/redact.js';
import { childCpuMs } from '../program/index.js';
import { type PictureInspection, PictureInspector } from './picture-inspector.js';

/** Time for which pictures are inspected; ms. */
const INSPECTION_MS = 3_000;
/** Time limit for the second keyframe: some cameras have GOPs of 10 s; ms. */
const GOP_TIMEOUT_MS = 12_000;
/** Share of the cores that may decode; the rest is for other work. */
const DECODING_SHARE = 0.8;
/** Rate of the inspected pictures: so low that decoding alone takes the measured CPU time; frames per second. */
const INSPECTED_FPS = 1;

const NO_SOURCE = { clock: undefined, live: false };

/** The facts about a source; those that could not be found are absent. */
export interface SourceFacts {
  /** The addresses of its host, and the duration of the look-up. */
  readonly resolved?: { readonly host: string; readonly addresses: readonly string[]; readonly ms: number };
  readonly info?: SourceInfo;
  readonly openedMs?: number;
  readonly firstPictureMs?: number;
  /** Measured pictures per second; only for a live source. */
  readonly measuredFps?: number;
  /** Pictures from one keyframe to the next. */
  readonly gop?: number;
  /** CPU time of decoding one picture on this machine, ms. */
  readonly decodeMs?: number;
  /** Number of such sources that this machine decodes with 80 % of its cores. */
  readonly fits?: number;
  /** The contents of the pictures. */
  readonly look?: PictureInspection;
  /** The clock of its server, if its answers have a date. */
  readonly clock?: ClockDifference;
  readonly error?: RxcamError;
  readonly warnings: readonly string[];
}

type Found = { -readonly [K in keyof SourceFacts]: SourceFacts[K] };

/**
 * Examines a source: first its decoded pictures, then its own access units, one session after the other.
 * @throws InvalidOption
 */
export async function sourceFacts(source: string, config: CameraConfig): Promise<SourceFacts> {
  const examined = camera(source, config);
  const { origin } = examined.plan;
  const resolved = origin.kind === 'camera' && origin.source.remote ? await resolve(source) : undefined;
  // A short file would end before anything could be measured.
  const loop = origin.kind === 'camera' && !origin.source.endless;
  const decoded = await decodedFacts(source, { ...config, loop });
  const gop = decoded.error === undefined && copiedCodec(decoded.info?.codec ?? '') !== undefined ? await gopOf(source, config) : undefined;
  return { ...decoded, ...(resolved !== undefined && { resolved }), ...(gop !== undefined && { gop }) };
}

/** Looks the host up. Returns undefined for an unknown name, which the connection reports in more detail. */
async function resolve(source: string): Promise<SourceFacts['resolved']> {
  const url = normalizeUrl(source);
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
  const begin = mono();
  try {
    const found = await lookup(host, { all: true });
    return { host, addresses: found.map(({ address }) => address), ms: mono() - begin };
  } catch {
    return undefined;
  }
}

async function decodedFacts(source: string, config: CameraConfig): Promise<SourceFacts> {
  const examined = camera(source, { ...config, pixelFormat: 'gray' });
  const warnings: string[] = [];
  const found: Found = { warnings };
  const enough$ = new Subject<void>();
  const begin = mono();
  let first: Sample | undefined;
  let last: Sample | undefined;
  let pictures = 0;
  const watching = examined.events$.subscribe((event) => {
    // A short file is opened repeatedly.
    if (event.type === 'opened') { found.info = event.source; found.openedMs ??= mono() - begin; }
    if (event.type === 'warning') warnings.push(event.message);
    if (event.type !== 'captured') return;
    pictures += 1;
    if (first === undefined) {
      found.firstPictureMs = mono() - begin;
      first = { at: mono(), cpu: childCpuMs(), pictures };
    } else if (mono() - (last?.at ?? first.at) > INSPECTION_MS / 10) {
      last = { at: mono(), cpu: childCpuMs(), pictures };
      if (mono() - first.at >= INSPECTION_MS) enough$.next();
    }
  });
  const inspector = new PictureInspector();
  const decoded$ = examined.pipe(
    skipRate({ fps: INSPECTED_FPS }), tap(({ data }) => { inspector.add(data); }),
    ignoreElements(), endWith(undefined), catchError((one: unknown) => of(one)),
  );
  const error = await firstValueFrom(merge(decoded$, enough$));
  watching.unsubscribe();
  const { origin } = examined.plan;
  const { clock, live } = origin.kind === 'camera' ? origin.source : NO_SOURCE;
  if (clock !== undefined) found.clock = clock;
  if (isRxcamError(error)) return { ...found, error };
  const { inspection } = inspector;
  return { ...found, ...rates(first, last, found.info?.fps, live), ...(inspection !== undefined && { look: inspection }) };
}

/** Counts at one time. */
interface Sample { readonly at: number; readonly cpu: number | undefined; readonly pictures: number }

/** @param isLive - whether the source sends pictures at its own rate; otherwise they arrive as fast as they are decoded */
function rates(first: Sample | undefined, last: Sample | undefined, statedFps: number | undefined, isLive: boolean): Partial<SourceFacts> {
  if (first === undefined || last === undefined || last.pictures === first.pictures) return {};
  const count = last.pictures - first.pictures;
  const measuredFps = isLive ? (count * 1000) / (last.at - first.at) : undefined;
  const fps = statedFps ?? measuredFps;
  const decodeMs = first.cpu === undefined || last.cpu === undefined ? undefined : (last.cpu - first.cpu) / count;
  const cores = decodeMs === undefined || fps === undefined ? 0 : (decodeMs * fps) / 1000;
  const fits = cores === 0 ? undefined : Math.floor((availableParallelism() * DECODING_SHARE) / cores);
  return { ...(measuredFps !== undefined && { measuredFps }), ...(decodeMs !== undefined && { decodeMs }), ...(fits !== undefined && { fits }) };
}

/** Number of pictures from the first keyframe to the next; undefined if there is no second one. */
function gopOf(source: string, config: CameraConfig): Promise<number | undefined> {
  let keyframes = 0;
  let pictures = 0;
  const gop$ = camera(source, config).pipe(
    passthrough(),
    filter(({ keyframe }) => {
      if (keyframe) keyframes += 1;
      if (keyframes === 1) pictures += 1;
      return keyframes === 2;
    }),
    map(() => pictures), timeout({ first: GOP_TIMEOUT_MS }), catchError(() => of(undefined)),
  );
  return firstValueFrom(gop$, { defaultValue: undefined });
}
