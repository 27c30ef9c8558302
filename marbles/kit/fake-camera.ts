/** fakeCamera: a camera without a camera, an ffmpeg or a clock. */
import { z } from 'zod';
import { Camera, CameraHub } from '../../src/camera/index.js';
import { LIVENESS, SOURCE } from '../../src/core/defaults/defaults.js';
import { PROCESS } from '../../src/core/defaults/limits.js';
import type { Engine } from '../../src/core/engine/engine.js';
import { PIXEL_FORMATS, type PixelFormat } from '../../src/core/frame/frame.js';
import { count, milliseconds, options, parseOptions } from '../../src/core/options.js';
import type { Source } from '../../src/core/source.js';
import type { SubscriptionFrames } from './diagram.js';
import { type FakeSettings, engineOf } from './fake-engine.js';
import { Processes } from './processes.js';
import { type FakeDeed, type FakeSource, readScript } from './script.js';

/** Options of {@link fakeEngine}, and of {@link fakeCamera}. */
export interface FakeEngineConfig {
  /**
   * Picture rate that the source states; the media time of its pictures is then n / fps, whatever the diagram's. Default:
   * none is stated, and media time is the diagram's for a live source, n / 25 for a file.
   */
  readonly fps?: number;
  /** Size of its pictures, in pixels. Default 64x48. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Letters of your own: an error that ends the capture, or something that the engine reports. */
  readonly values?: Readonly<Record<string, FakeDeed>>;
  /** What `#` stands for. Default CaptureCrashed. */
  readonly error?: Error;
  /** Time that the encoder spends on each picture; ms. Default 0: the access unit comes with its picture. */
  readonly encodeMs?: number;
  /** Size of each access unit in bytes. Default: a short text. */
  readonly unitBytes?: number;
  /** From the signal that ends a process until it is gone; ms. Default 0. */
  readonly killMs?: number;
}

/** Options of {@link fakeCamera}. */
export interface FakeCameraConfig extends FakeEngineConfig {
  /** Name of the camera. Default `fake`. */
  readonly key?: string;
  /** Default `yuv420p`. */
  readonly pixelFormat?: PixelFormat;
  /** A live source (default) can't wait, and its end is a failure; any other is like a file. */
  readonly live?: boolean;
  /** As in `camera`, for a source that is not live: each pass is one more opening. Default false. */
  readonly loop?: boolean;
  /** As in `camera`; ms. */
  readonly connectTimeoutMs?: number;
  /** As in `camera`; ms. */
  readonly firstFrameTimeoutMs?: number;
  /** As in `camera`; ms. */
  readonly readWindowMs?: number;
  /** As in `camera`. */
  readonly maxReadFailures?: number;
  /** The least time between two starts; ms. Default 1,000. */
  readonly minStartIntervalMs?: number;
}

const engineSchema = options({
  fps: z.number().positive().max(1000).optional(),
  size: options({ width: count(), height: count() }).default({ width: 64, height: 48 }),
  values: z.custom<Readonly<Record<string, FakeDeed>>>(areDeeds, { message: 'expected, for each letter, an event of an engine or an Error' }).default({}),
  error: z.instanceof(Error).optional(),
  encodeMs: milliseconds().default(0),
  unitBytes: count().optional(),
  killMs: milliseconds().default(0),
});

/** Of each letter, which is one character. */
function areDeeds(values: unknown): boolean {
  return typeof values === 'object' && values !== null && Object.entries(values).every(([letter, deed]) => (
    [...letter].length === 1 && (deed instanceof Error || typeof (deed as { type?: unknown } | null)?.type === 'string')
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

/** A camera that is played from diagrams, and what a test may ask of it. */
export class FakeCamera extends Camera {
  readonly #processes: Processes;

  constructor(hub: CameraHub, source: Source, pixelFormat: PixelFormat, processes: Processes) {
    super(hub, source, { ...SOURCE, codecs: [], pixelFormat });
    this.#processes = processes;
  }

  /** When the source was open: one log for each capture, for `expectSubscriptions`. */
  get subscriptions(): SubscriptionFrames[] {
    return this.#processes.subscriptions;
  }

  /** Processes now, and the most that there were at once; those that are being ended are counted. */
  get processes(): { readonly running: number; readonly peak: number } {
    const { running, peak } = this.#processes;
    return { running, peak };
  }
}

/**
 * A camera played from marble diagrams: fuses, reconnects and keeps its ledger as a real one does.
 *
 * ```
 *      o 40ms f 39ms k 39ms r 39ms f 39ms |
 * ```
 *
 * | letter | what the source does |
 * | --- | --- |
 * | `f` | a picture is decoded; opens the source first if nothing else did |
 * | `k` | the same, and the encoder starts a new GOP with it; for `passthrough`, one that the source has made a keyframe |
 * | `u` | a picture is decoded that looks like the one before it, for `skipUnchanged` |
 * | `c` | the source answers |
 * | `o` | it answers and states its properties |
 * | `p` | work goes on before it can answer (a download): the timeout starts anew |
 * | `r` | the decoder rejects an access unit |
 * | `R` `T` `U` `N` `V` `S` `E` `D` `X` `C` | the capture fails: SourceRefused, SourceTimeout, SourceUnauthorized, SourceNotFound, NoVideo, Stalled, StreamEnded, DecodeFailed, EncoderFailed, CaptureCrashed |
 * | `#` | it fails with `error` |
 * | `\|` | it ends: StreamEnded for a live source, completion for any other |
 *
 * Time, groups and spaces are RxJS's own: a column is 1 ms, ` 5s ` five seconds, `(ff)` two pictures at once. A diagram
 * that ends without `|` or a failure goes on in silence: a stall. Each diagram starts when the source is opened; that of a
 * file goes on behind the last picture that came out of the encoder: those that were lost in it are read once more.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const gate = fakeCamera(['fffR', 'fff|'], { live: false });
 *   const seq$ = gate.pipe(skipRate(2), encodeH265({ mode: 'frame' }), retry(5_000), map((frame) => frame.seq));
 *   expectObservable(seq$).toBe('a-b 5s a-(b|)', { … });
 * });
 * ```
 * @param source - a diagram; several, one for each time the source is opened, the last one for all later times; or a
 *   function of the time's number, from 1
 * @throws InvalidOption for a wrong option, or a letter that stands for nothing
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
 * The engine alone, for the option `engine` of `camera`: everything else of the camera, its address and what follows from
 * it, is then real. It counts the openings of all cameras that it is given to.
 *
 * @throws InvalidOption as {@link fakeCamera}
 */
export function fakeEngine(source: FakeSource, config: FakeEngineConfig = {}): Engine {
  const given = parseOptions('fakeEngine', engineSchema, config);
  return engineOf({ ...given, script: scriptOf(source, given) }, new Processes(given.killMs));
}

type Letters = { readonly values: Readonly<Record<string, FakeDeed>>; readonly error?: Error | undefined };

function scriptOf(source: FakeSource, { values, error }: Letters): FakeSettings['script'] {
  if (typeof source === 'function') return (opening) => readScript(source(opening), values, error);
  const scripts = [source].flat().map((diagram) => readScript(diagram, values, error));
  return (opening) => scripts[Math.min(opening, scripts.length) - 1] ?? [];
}

/** The fake engine asks it nothing. */
function sourceOf(address: string, live: boolean): Source {
  const prepare = () => { throw new Error('a fake source has nothing for ffmpeg'); };
  return { kind: 'fake', address, live, endless: live, remote: false, secrets: [], prepare };
}
