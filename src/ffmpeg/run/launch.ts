/** Prepares a launch of ffmpeg: the binary, the encoder, the input. */
import { type Observable, concat, defer, of, switchMap } from 'rxjs';
import type { EngineContext, EngineEvent, Feed } from '../../core/engine/engine.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { COPY, type CameraOrigin, type Plan, encodeStep, isCopied } from '../../core/plan/plan.js';
import type { Preparation, SourceInput } from '../../core/source.js';
import { ffmpegWith } from '../binary/index.js';
import { type Chosen, chooseEncoder, software } from '../command/index.js';
import { PROGRESS, mapEach, readingLimits } from '../stream/index.js';

/** Everything that is needed to start ffmpeg for a plan. */
interface Equipment {
  readonly plan: Plan;
  readonly context: EngineContext;
  readonly facts: FfmpegFacts;
  /** The encoder of the plan's step; undefined for raw pictures, and for access units as they are. */
  readonly chosen: Chosen | undefined;
}

/** On a camera's own source. */
export interface SourceLaunch extends Equipment {
  readonly type: 'launch';
  readonly origin: CameraOrigin;
  readonly input: SourceInput;
}

/** On pictures from user code. */
export interface FeedLaunch extends Equipment {
  readonly type: 'launch';
  readonly feed: Feed;
}

const CONNECTED: EngineEvent = { type: 'connected' };
const PASSED: EngineEvent = { type: 'encoder', encoder: COPY, hardware: false, reason: "the source's own access units, as requested" };

/** Emits events of the preparation, and then a launch. */
export function prepareLaunch(plan: Plan, context: EngineContext): Observable<EngineEvent | SourceLaunch | FeedLaunch> {
  return defer(() => equipped(plan, context)).pipe(switchMap((equipment) => concat(of(...news(equipment)), launches(equipment))));
}

/** Whether the plan's step prefers the source's own access units. */
export function isReused(plan: Plan): boolean {
  const step = encodeStep(plan);
  return step?.codec === 'h265' && step.reuse;
}

/** The event that names the encoder. @param more - added to its reason */
export function encoderEvent({ encoder, reason }: Chosen, more = ''): EngineEvent {
  return { type: 'encoder', encoder: encoder.name, hardware: encoder.hardware !== undefined, reason: reason + more };
}

async function equipped(plan: Plan, context: EngineContext): Promise<Equipment> {
  const step = encodeStep(plan);
  const facts = await ffmpegWith(step === undefined ? [] : [software(step).name]);
  refuseOld(plan, facts, context);
  return { plan, context, facts, chosen: step && await chooseEncoder(step, facts) };
}

/** Vulnerabilities found in ffmpeg since 2018 can be used from a network. */
function refuseOld({ origin }: Plan, { isOld, version, path }: FfmpegFacts, { process: rules }: EngineContext): void {
  if (!isOld || origin.kind !== 'camera' || !origin.source.remote) return;
  if (rules?.allowOldFfmpeg === true || process.env['RXCAM_ALLOW_OLD_FFMPEG'] === '1') return;
  throw new InvalidOption(`camera: ${origin.source.address} given with the old ffmpeg ${version} (${path}), which may read only test: and local sources; `
    + 'install a current one (https://ffmpeg.org/download.html, apt install ffmpeg), or set RXCAM_ALLOW_OLD_FFMPEG=1');
}

/** Facts that are known before the source is prepared; with reuse, the encoder is not among them. */
function news({ plan, context: { feed }, facts: { path, version }, chosen }: Equipment): EngineEvent[] {
  const found: EngineEvent[] = [{ type: 'ffmpeg', path, version }, PROGRESS];
  if (isCopied(plan)) return [...found, PASSED];
  if (chosen === undefined) return found;
  if (!isReused(plan)) return [...found, encoderEvent(chosen)];
  return feed === undefined ? found : [...found, encoderEvent(chosen, '; not reused: the pictures come from user code')];
}

function launches(equipment: Equipment): Observable<EngineEvent | SourceLaunch | FeedLaunch> {
  const { plan: { origin }, context: { feed }, facts } = equipment;
  if (feed !== undefined) return of({ type: 'launch', ...equipment, feed });
  if (origin.kind !== 'camera') throw new Error('a plan on frames needs a feed');
  return origin.source.prepare(facts).pipe(mapEach((step: Preparation) => (
    step.type === 'progress' ? [PROGRESS] : [...inputEvents(step.input), { type: 'launch' as const, ...equipment, origin, input: limited(step.input, origin) }]
  )));
}

function inputEvents({ warning, answered = false }: SourceInput): EngineEvent[] {
  return [answered ? CONNECTED : PROGRESS, ...(warning === undefined ? [] : [{ type: 'warning' as const, message: warning }])];
}

/** With the limits of the camera, and the protocols that it may open. `none` is not the name of a protocol, so it allows none. */
function limited(input: SourceInput, origin: CameraOrigin): SourceInput {
  const { protocols, options } = input;
  return { ...input, options: [...readingLimits(origin), '-protocol_whitelist', protocols.length === 0 ? 'none' : protocols.join(','), ...options] };
}
