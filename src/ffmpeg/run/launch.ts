/** Prepares a launch of ffmpeg: the binary, the encoder, the input. */
import { type Observable, concat, defer, of, switchMap } from 'rxjs';
import type { EngineContext, EngineEvent, Feed } from '../../core/engine/engine.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { COPY, type CameraOrigin, type Plan, encodeStep, isCopied } from '../../core/plan/plan.js';
import type { Preparation, SourceInput } from '../../core/source.js';
import { ffmpegWith } from '../binary/index.js';
import { type ChosenEncoder, chooseEncoder, softwareEncoder } from '../command/index.js';
import { PROGRESS, mapEach, limitOptions } from '../stream/index.js';

/** The parts of a launch that do not depend on its input. */
interface LaunchBase {
  readonly plan: Plan;
  readonly context: EngineContext;
  readonly facts: FfmpegFacts;
  /** The encoder of the plan's step; undefined for raw pictures, and for access units as they are. */
  readonly chosen: ChosenEncoder | undefined;
}

/** Everything that is needed to run a plan on a camera's source. */
export interface SourceLaunch extends LaunchBase {
  readonly type: 'launch';
  readonly origin: CameraOrigin;
  readonly input: SourceInput;
}

/** Everything that is needed to run a plan on pictures from user code. */
export interface FeedLaunch extends LaunchBase {
  readonly type: 'launch';
  readonly feed: Feed;
}

const CONNECTED: EngineEvent = { type: 'connected' };
const COPIES: EngineEvent = { type: 'encoder', encoder: COPY, hardware: false, reason: "the source's own access units, as requested" };

/** Prepares a launch: emits events of the preparation, then the launch. */
export function prepareLaunch(plan: Plan, context: EngineContext): Observable<EngineEvent | SourceLaunch | FeedLaunch> {
  return defer(() => launchBase(plan, context)).pipe(switchMap((base) => concat(of(...firstEvents(base)), launches(base))));
}

/** Whether the plan's step prefers the source's own access units. */
export function isReused(plan: Plan): boolean {
  const step = encodeStep(plan);
  return step?.codec === 'h265' && step.reuse;
}

/** The event that names the encoder. @param more - added to its reason */
export function encoderEvent({ encoder, reason }: ChosenEncoder, more = ''): EngineEvent {
  return { type: 'encoder', encoder: encoder.name, hardware: encoder.hardware !== undefined, reason: reason + more };
}

async function launchBase(plan: Plan, context: EngineContext): Promise<LaunchBase> {
  const step = encodeStep(plan);
  const facts = await ffmpegWith(step === undefined ? [] : [softwareEncoder(step).name]);
  refuseOld(plan, facts, context);
  return { plan, context, facts, chosen: step && await chooseEncoder(step, facts) };
}

/** An old ffmpeg must not read from a network, from which its known vulnerabilities can be used. @throws InvalidOption */
function refuseOld({ origin }: Plan, { isOld, version, path }: FfmpegFacts, { process: rules }: EngineContext): void {
  if (!isOld || origin.kind !== 'camera' || !origin.source.remote) return;
  if (rules?.allowOldFfmpeg === true || process.env['RXCAM_ALLOW_OLD_FFMPEG'] === '1') return;
  throw new InvalidOption(`camera: ${origin.source.address} given with the old ffmpeg ${version} (${path}), which may read only test: and local sources; `
    + 'install a current one (https://ffmpeg.org/download.html, apt install ffmpeg), or set RXCAM_ALLOW_OLD_FFMPEG=1');
}

/** Events about facts that are known before the source is prepared; with reuse, the encoder is not one of them. */
function firstEvents({ plan, context: { feed }, facts: { path, version }, chosen }: LaunchBase): EngineEvent[] {
  const events: EngineEvent[] = [{ type: 'ffmpeg', path, version }, PROGRESS];
  if (isCopied(plan)) return [...events, COPIES];
  if (chosen === undefined) return events;
  if (!isReused(plan)) return [...events, encoderEvent(chosen)];
  return feed === undefined ? events : [...events, encoderEvent(chosen, '; not reused: the pictures come from user code')];
}

function launches(base: LaunchBase): Observable<EngineEvent | SourceLaunch | FeedLaunch> {
  const { plan: { origin }, context: { feed }, facts } = base;
  if (feed !== undefined) return of({ type: 'launch', ...base, feed });
  if (origin.kind !== 'camera') throw new Error('a plan on frames needs a feed');
  return origin.source.prepare(facts).pipe(mapEach((step: Preparation) => (
    step.type === 'progress' ? [PROGRESS] : [...inputEvents(step.input), { type: 'launch' as const, ...base, origin, input: withLimits(step.input, origin) }]
  )));
}

function inputEvents({ warning, answered = false }: SourceInput): EngineEvent[] {
  return [answered ? CONNECTED : PROGRESS, ...(warning === undefined ? [] : [{ type: 'warning' as const, message: warning }])];
}

/** The input with the limits of the camera and the protocols that it may open. `none` is not the name of a protocol, so it allows none. */
function withLimits(input: SourceInput, origin: CameraOrigin): SourceInput {
  const { protocols, options } = input;
  return { ...input, options: [...limitOptions(origin), '-protocol_whitelist', protocols.length === 0 ? 'none' : protocols.join(','), ...options] };
}
