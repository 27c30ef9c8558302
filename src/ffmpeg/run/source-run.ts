/** Runs one ffmpeg process on a source: to decode it, to pass its access units on, or only to read its description. */
import type { Observable } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { changeRule } from '../../core/plan/plan.js';
import { cameraArguments, copyArguments, encodingOf, expectedOf, lookArguments, paced, shownSize, suitsSource } from '../command/index.js';
import { type ChooseStream, SourceMismatch, checkCodec, chosenStream, knownFacts, limitAddressSpace, rememberOpened, retryOnMismatch, streamSelectionOf, withRate } from '../stream/index.js';
import { ComparedPictures } from './compared.js';
import { CopiedPictures } from './copied.js';
import type { SourceLaunch } from './launch.js';
import { type Form, type PictureReader, DecodedPictures } from './pictures.js';
import { runSourceProcess } from './source-process.js';
import { mostEarlyOf } from './written.js';

/** Emits pictures, through the plan's steps; raw without an encoder. */
export function runDecode(launch: SourceLaunch): Observable<EngineEvent> {
  const { plan, facts, origin, input, chosen } = launch;
  const { source } = origin;
  const encoder = chosen?.encoder;
  const unchanged = changeRule(plan);
  return retryOnMismatch(launch.context, (context, mayChange) => {
    const { reading, choose } = streamSelectionOf(origin, true, mayChange);
    const before = knownFacts(source);
    const expected = expectedOf(plan, before);
    const form: Form = { format: encoder?.codec ?? origin.pixelFormat, shown: encoder && shownSize(encoder, expected) };
    const mostEarly = mostEarlyOf(plan);
    const pictures = unchanged === undefined ? new DecodedPictures(form, mostEarly) : new ComparedPictures(form, unchanged, mostEarly);
    const args = cameraArguments(plan, input, encoder, facts, reading, expected, context.resume);
    return read({ ...launch, context }, args, choose, pictures, encoder?.hardware === undefined).pipe(withRate(before, (opened) => {
      const now = expectedOf(plan, rememberOpened(source, opened, before));
      if (mayChange && !suitsSource(expected, now, encodingOf(plan, encoder), facts)) throw new SourceMismatch();
    }));
  });
}

/** Emits the source's own access units. @param accepts - throws for a source whose units can't be used */
export function runCopy(launch: SourceLaunch, accepts: (source: Partial<SourceInfo>) => void): Observable<EngineEvent> {
  const { origin, input, facts } = launch;
  const { source } = origin;
  return retryOnMismatch(launch.context, (outer, mayChange) => {
    const { reading, choose } = streamSelectionOf(origin, false, mayChange);
    const args = copyArguments(input, facts, { ...reading, patience: patience(launch) }, outer.resume);
    const run = (context: EngineContext) => (
      read({ ...launch, context }, args, choose, new CopiedPictures(accepts, context.resume, source.live))
    );
    return (input.paced === true ? paced(outer, run) : run(outer)).pipe(withRate(knownFacts(source)));
  });
}

/** Emits the source's description, as `opened`, and no pictures. */
export function runLook(launch: SourceLaunch): Observable<EngineEvent> {
  const choose: ChooseStream = (streams) => chosenStream(streams, launch.origin.stream);
  return read(launch, lookArguments(launch.input, patience(launch)), choose, { heartbeat: () => [], packet: () => [] });
}

/** Only for sources of pictures alone: with others, ffmpeg would wait as long for their audio; ms. */
function patience({ origin: { firstFrameTimeoutMs, source } }: SourceLaunch): number | undefined {
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
