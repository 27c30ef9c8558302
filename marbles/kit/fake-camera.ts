/** fakeCamera: a camera that plays a diagram, without ffmpeg, in virtual time. */
import { z } from 'zod';
import { Camera, type CameraConfig, CameraHub } from '../../src/camera/index.js';
import { LIVENESS, SOURCE } from '../../src/core/defaults/defaults.js';
import { PROCESS } from '../../src/core/defaults/limits.js';
import type { Engine } from '../../src/core/engine/engine.js';
import { PIXEL_FORMATS, type PixelFormat } from '../../src/core/frame/frame.js';
import { count, milliseconds, options, parseOptions } from '../../src/core/options.js';
import type { Source } from '../../src/core/source.js';
import type { SubscriptionFrames } from './diagram.js';
import { type FakeSettings, engineOf } from './fake-engine.js';
import { Processes } from './processes.js';
import { type FakeAction, type FakeSource, readScript } from './script.js';

/** Options of {@link fakeEngine}, and of {@link fakeCamera}. */
export interface FakeEngineConfig {
  /**
   * Frame rate that the source states; the media time of its pictures is then n / fps, independent of the diagram. Default:
   * none, with media time from the diagram for a live source, n / 25 for a file.
   */
  readonly fps?: number;
  /** Size of its pictures, in pixels. Default 64x48. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Your own letters: each an error that ends the capture, or an event of the engine. */
  readonly values?: Readonly<Record<string, FakeAction>>;
  /** The error of `#`. Default CaptureCrashed. */
  readonly error?: Error;
  /** Encoding time of each picture, in ms. Default 0: the access unit is emitted with its picture. */
  readonly encodeMs?: number;
  /** Size of each access unit in bytes. Default: a short text. */
  readonly unitBytes?: number;
  /** Time from the signal that ends a process until it has exited, in ms. Default 0. */
  readonly killMs?: number;
}

/** Options of {@link fakeCamera}. */
export interface FakeCameraConfig
  extends FakeEngineConfig, Pick<CameraConfig, 'connectTimeoutMs' | 'firstFrameTimeoutMs' | 'readWindowMs' | 'maxReadFailures'> {
  /** Name of the camera. Default `fake`. */
  readonly key?: string;
  /** Pixel format of raw frames. Default `yuv420p`. */
  readonly pixelFormat?: PixelFormat;
  /** Whether the source is live: it can't wait, and its end is a failure; otherwise it is like a file. Default true. */
  readonly live?: boolean;
  /** As in `camera`, for a source that is not live; each pass opens the source again. Default false. */
  readonly loop?: boolean;
  /** Minimum time between two starts, in ms. Default 1,000. */
  readonly minStartIntervalMs?: number;
}

const engineSchema = options({
  fps: z.number().positive().max(1000).optional(),
  size: options({ width: count(), height: count() }).default({ width: 64, height: 48 }),
  values: z.custom<Readonly<Record<string, FakeAction>>>(areActions, { message: 'expected, for each letter, an event of an engine or an Error' }).default({}),
  error: z.instanceof(Error).optional(),
  encodeMs: milliseconds().default(0),
  unitBytes: count().optional(),
  killMs: milliseconds().default(0),
});

/** Checks an entry for each letter, which is one character. */
function areActions(values: unknown): boolean {
  return typeof values === 'object' && values !== null && Object.entries(values).every(([letter, action]) => (
    [...letter].length === 1 && (action instanceof Error || typeof (action as { type?: unknown } | null)?.type === 'string')
  ));
}

const schema = engineSchema.extend({
  key: z.string().min(1).default('fake'),
  pixelFormat: z.enum(PIXEL_FORMATS).default(SOURCE.pixelFormat),
  live: z.boolean().default(true),
  loop: z.boolean().default(SOURCE.loop),
  connectTimeoutMs: milliseconds().default(LIVENESS.connectTimeoutMs),
  firstFrameTimeoutMs: milliseconds().default(LIVENESS.firstFrameTimeoutMs),
  readWindowMs: milliseconds().min(1).default(LIVENESS.readWindowMs),
  maxReadFailures: count().default(LIVENESS.maxReadFailures),
  minStartIntervalMs: milliseconds().default(PROCESS.minStartIntervalMs),
});

/** A camera that plays diagrams, with facts for tests. */
export class FakeCamera extends Camera {
  readonly #processes: Processes;

  constructor(hub: CameraHub, source: Source, pixelFormat: PixelFormat, processes: Processes) {
    super(hub, source, { ...SOURCE, codecs: [], pixelFormat });
    this.#processes = processes;
  }

  /** Times when the source was open: one entry for each capture, for `expectSubscriptions`. */
  get subscriptions(): SubscriptionFrames[] {
    return this.#processes.subscriptions;
  }

  /** Number of processes now, and at most; includes those that are ending. */
  get processes(): { readonly running: number; readonly peak: number } {
    const { running, peak } = this.#processes;
    return { running, peak };
  }
}

/**
 * A camera that plays marble diagrams. It fuses steps, reconnects, and keeps its ledger like a real one.
 *
 * ```
 *      o 40ms f 39ms k 39ms r 39ms f 39ms |
 * ```
 *
 * | letter | what the source does |
 * | --- | --- |
 * | `f` | a picture is decoded; opens the source first if nothing else did |
 * | `k` | the same, and the encoder starts a new GOP with it; for `passthrough`, the source's own keyframe |
 * | `u` | a picture is decoded that looks like the one before it, for `skipUnchanged` |
 * | `c` | the source answers |
 * | `o` | it answers and states its properties |
 * | `p` | it makes progress before it can answer (a download): the timeout starts again |
 * | `r` | the decoder rejects an access unit |
 * | `R` `T` `U` `N` `V` `S` `E` `D` `X` `C` | the capture fails: SourceRefused, SourceTimeout, SourceUnauthorized, SourceNotFound, NoVideo, Stalled, StreamEnded, DecodeFailed, EncoderFailed, CaptureCrashed |
 * | `#` | it fails with `error` |
 * | `\|` | it ends: StreamEnded for a live source, completion for any other |
 *
 * Time, groups and spaces are as in RxJS: a column is 1 ms, ` 5s ` is five seconds, `(ff)` is two pictures at once. After a
 * diagram without `|` or a failure, the source is silent, which is a stall. Each diagram starts when the source is opened; that
 * of a file continues after the last picture that left the encoder: those that were lost in it are read again.
 *
 * @example
 * ```ts
 * marbles(() => {
 *   const gate = fakeCamera('fffff|', { live: false });
 *   expectParts(gate.pipe(skipRate(2), encodeH265()), 'a-b-c|', { a: { seq: 1 }, b: { seq: 3 }, c: { seq: 5 } });
 * });
 * ```
 * @param source - a diagram; a list with one for each opening of the source, the last one also for later openings; or a
 *   function of the number of the opening, from 1
 * @throws InvalidOption for a wrong option, or an unknown letter
 */
export function fakeCamera(source: FakeSource = 'o', config: FakeCameraConfig = {}): FakeCamera {
  const given = parseOptions('fakeCamera', schema, config);
  const { key, live, loop, pixelFormat, connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures, minStartIntervalMs } = given;
  const processes = new Processes(given.killMs);
  const address = `fake:${key}`;
  const hub = new CameraHub({
    key, address, kind: 'fake', live, loop, minStartIntervalMs, process: { nice: 0, allowOldFfmpeg: false },
    engine: engineOf({ ...given, script: scriptOf(source, given) }, processes),
    liveness: { connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures },
  });
  return new FakeCamera(hub, sourceOf(address, live), pixelFormat, processes);
}

/**
 * Only the engine, for the option `engine` of `camera`: everything else of the camera is then real, including its address.
 * It counts the openings of all cameras that have it.
 *
 * @throws InvalidOption as {@link fakeCamera}
 */
export function fakeEngine(source: FakeSource, config: FakeEngineConfig = {}): Engine {
  const given = parseOptions('fakeEngine', engineSchema, config);
  return engineOf({ ...given, script: scriptOf(source, given) }, new Processes(given.killMs));
}

type Letters = { readonly values: Readonly<Record<string, FakeAction>>; readonly error?: Error | undefined };

function scriptOf(source: FakeSource, { values, error }: Letters): FakeSettings['script'] {
  if (typeof source === 'function') return (opening) => readScript(source(opening), values, error);
  const scripts = [source].flat().map((diagram) => readScript(diagram, values, error));
  return (opening) => scripts[Math.min(opening, scripts.length) - 1] ?? [];
}

/** The fake engine does not use it. */
function sourceOf(address: string, live: boolean): Source {
  const prepare = () => { throw new Error('a fake source has nothing for ffmpeg'); };
  return { kind: 'fake', address, live, endless: live, remote: false, secrets: [], prepare };
}
