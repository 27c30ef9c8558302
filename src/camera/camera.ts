/** camera(): an Observable of a source's frames, with events and statistics. */
import type { Observable } from 'rxjs';
import { keyOf, readTimeoutMs } from './address-facts.js';
import { CAMERA_SCHEMA, type CameraConfig } from './camera-config.js';
import { Capture } from './capture.js';
import { PROCESS } from '../core/defaults/limits.js';
import { InvalidOption } from '../core/errors/errors.js';
import type { CameraEvent } from '../core/events.js';
import { ffmpegEngine } from '../ffmpeg/index.js';
import type { SourceFrame } from '../core/frame/frame.js';
import { CameraHub } from './hub.js';
import { ownEngine } from './own-engine.js';
import { openRun } from './run/index.js';
import { type CameraStats, logEvents } from '../ledger/index.js';
import { parseOptions } from '../core/options.js';
import type { CameraReadOptions } from '../core/plan/plan.js';
import type { Source } from '../core/source.js';
import { detect } from '../source/index.js';

/** The property that holds a camera's hub; a global symbol, so that several copies of rxcam share it. */
const HUB: unique symbol = Symbol.for('rxcam.hub') as never;

/**
 * A camera: an Observable of frames with a plan. Nothing runs before it is subscribed to. Concurrent subscriptions
 * capture separately.
 */
export class Camera extends Capture<SourceFrame> {
  readonly [HUB]: CameraHub;

  constructor(hub: CameraHub, cameraSource: Source, reading: CameraReadOptions) {
    const { firstFrameTimeoutMs } = hub.facts.liveness;
    super({ origin: { kind: 'camera', source: cameraSource, ...reading, firstFrameTimeoutMs, openRun: () => openRun(hub.openRun()) }, steps: [] });
    this[HUB] = hub;
  }

  /** Name of the camera in messages, events and errors. */
  get key(): string { return this[HUB].facts.key; }

  /** Emits each event when it happens; never errors or completes. */
  get events$(): Observable<CameraEvent> { return this[HUB].events$; }

  /** Emits statistics every second while the camera is active, and at each change of state; replays the latest. */
  get stats$(): Observable<CameraStats> {
    return this[HUB].stats$;
  }

  /** The current statistics; rates are 0, because a rate needs a window of time. */
  get stats(): CameraStats {
    return this[HUB].stats;
  }

  /** Resets the counts, but not `seq` and `inputOrder`. Frames in flight still count as captured. */
  resetStats(): void {
    this[HUB].resetStats();
  }

  /** Ends the wait before the next attempt; does nothing if there is none. */
  retryNow(): void {
    this[HUB].retryNow();
  }
}

/** The hub of a camera: its state that outlives subscriptions. Undefined for any other Observable. */
export function hubOf(source: Observable<unknown>): CameraHub | undefined {
  return (source as Partial<Camera>)[HUB];
}

/**
 * Creates a camera: an Observable of raw frames in `pixelFormat`, with the source's width and height. The steps of rxcam that follow
 * it directly run in the same ffmpeg process.
 *
 * @param address - `rtsp(s)://…`, `http(s)://…` (a file or a live stream), a file's path, a device (`/dev/video0`, `0`),
 *   `test:` (a generated pattern: `test:?size=640x360&fps=25&duration=10&noise=4`), or your own {@link Source}
 * @throws InvalidOption for an address that no kind of source accepts, or an invalid option
 */
export function camera(address: string | number | Source, config: CameraConfig = {}): Camera {
  const given = parseOptions('camera', CAMERA_SCHEMA, config);
  const source = detect(address, { ...given, readTimeoutMs: readTimeoutMs(given) });
  if (given.loop && source.endless) {
    throw new InvalidOption(`camera: option 'loop': true given for ${source.address}, which has no end; allowed for files`);
  }
  const { pixelFormat, decoderThreads, stream, deinterlace, codecs, maxPixels } = given;
  const { loop, connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures } = given;
  const hub = new CameraHub({
    key: given.key ?? keyOf(source.address),
    address: source.address,
    get kind() { return source.kind; },
    get live() { return source.live; },
    loop,
    liveness: { connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures },
    minStartIntervalMs: PROCESS.minStartIntervalMs,
    engine: given.engine === undefined ? ffmpegEngine : ownEngine(given.engine, source.secrets),
    process: { nice: given.nice, allowOldFfmpeg: given.allowOldFfmpeg },
  });
  if (given.logger !== undefined) logEvents(hub.ledger, given.logger, given.logEveryFrames);
  return new Camera(hub, source, { pixelFormat, decoderThreads, stream, deinterlace, codecs, maxPixels });
}
