/** Runs one ffmpeg process on a source: to decode it, to copy its access units, or only to read its description. */
import type { Observable } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { changeRule } from '../../core/plan/plan.js';
import { cameraArguments, copyArguments, encodingOf, expectedOf, descriptionArguments, paced, shownSize, suitsSource } from '../command/index.js';
import { type ChooseStream, SourceMismatch, checkCodec, chosenStream, knownFacts, limitAddressSpace, rememberOpened, retryOnMismatch, streamSelectionOf, withRate } from '../stream/index.js';
import { ComparedPictures } from './compared.js';
import { CopiedPictures } from './copied.js';
import type { SourceLaunch } from './launch.js';
import { type OutputFormat, type PictureReader, DecodedPictures } from './picture-events.js';
import { runSourceProcess } from './source-process.js';
import { maxEarlyOf } from './user-filters.js';

/** Decodes a source and applies the plan's steps. Emits raw pictures, or access units if the plan encodes. */
export function runDecode(launch: SourceLaunch): Observable<EngineEvent> {
  const { plan, facts, origin, input, chosen } = launch;
  const { source } = origin;
  const encoder = chosen?.encoder;
  const unchanged = changeRule(plan);
  return retryOnMismatch(launch.context, (context, mayChange) => {
    const { selection, choose } = streamSelectionOf(origin, true, mayChange);
    const before = knownFacts(source);
    const expected = expectedOf(plan, before);
    const format: OutputFormat = { format: encoder?.codec ?? origin.pixelFormat, shown: encoder && shownSize(encoder, expected) };
    const maxEarly = maxEarlyOf(plan);
    const pictures = unchanged === undefined ? new DecodedPictures(format, maxEarly) : new ComparedPictures(format, unchanged, maxEarly);
    const args = cameraArguments(plan, input, encoder, facts, selection, expected, context.resume);
    return read({ ...launch, context }, args, choose, pictures, encoder?.hardware === undefined).pipe(withRate(before, (opened) => {
      const now = expectedOf(plan, rememberOpened(source, opened, before));
      if (mayChange && !suitsSource(expected, now, encodingOf(plan, encoder), facts)) throw new SourceMismatch();
    }));
  });
}

/** Emits the source's own access units. @param check - throws for a source whose units can't be used */
export function runCopy(launch: SourceLaunch, check: (source: Partial<SourceInfo>) => void): Observable<EngineEvent> {
  const { origin, input, facts } = launch;
  const { source } = origin;
  return retryOnMismatch(launch.context, (outer, mayChange) => {
    const { selection, choose } = streamSelectionOf(origin, false, mayChange);
    const args = copyArguments(input, facts, { ...selection, probeTimeoutMs: probeTimeoutMs(launch) }, outer.resume);
    const run = (context: EngineContext) => (
      read({ ...launch, context }, args, choose, new CopiedPictures(check, context.resume, source.live))
    );
    return (input.paced === true ? paced(outer, run) : run(outer)).pipe(withRate(knownFacts(source)));
  });
}

/** Emits the source's description, as `opened`, and no pictures. Completes without it if the source describes nothing. */
export function runDescription(launch: SourceLaunch): Observable<EngineEvent> {
  const choose: ChooseStream = (streams) => chosenStream(streams, launch.origin.stream);
  return read(launch, descriptionArguments(launch.input, probeTimeoutMs(launch)), choose, { heartbeat: () => [], packet: () => [] });
}

/** Time limit for the description, in ms; only for sources without audio: with others, ffmpeg would wait as long for a description of the audio. */
function probeTimeoutMs({ origin: { firstFrameTimeoutMs, source } }: SourceLaunch): number | undefined {
  return source.picturesAlone === true ? firstFrameTimeoutMs : undefined;
}

/** @param isBounded - whether to limit the address space; false with hardware, whose drivers reserve gigabytes */
function read(
  { origin, input, facts, context }: SourceLaunch, args: readonly string[], choose: ChooseStream, pictures: PictureReader, isBounded = true,
): Observable<EngineEvent> {
  const { source } = origin;
  const checked: ChooseStream = (streams) => {
    const stream = choose(streams);
    checkCodec(stream, origin);
    return stream;
  };
  const command = isBounded ? limitAddressSpace(facts.path, args, origin) : { path: facts.path, args };
  return runSourceProcess({ ...command, input, inBulk: !source.live && input.paced !== true, source, choose: checked, pictures }, context);
}
