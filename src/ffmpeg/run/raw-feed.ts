/** Runs one ffmpeg process that reads raw pictures from stdin. */
import type { Observable } from 'rxjs';
import type { EngineEvent } from '../../core/engine/engine.js';
import { expectedOf, feedArguments, shownSize } from '../command/index.js';
import type { FeedLaunch } from './launch.js';
import { type OutputFormat, outputOf } from './picture-events.js';
import { mapEach } from '../stream/index.js';
import { runChild, writeToPipe } from '../process/index.js';

/** Runs a plan on frames from user code. The `pts` of an output is the number of the picture that was fed, from 0. */
export function runFeed({ plan, context, facts, chosen, feed }: FeedLaunch): Observable<EngineEvent> {
  const encoder = chosen?.encoder;
  const expected = expectedOf(plan, feed.format);
  const format: OutputFormat = { format: encoder?.codec ?? feed.format.pixelFormat, shown: encoder && shownSize(encoder, expected) };
  const args = feedArguments(plan, feed.format, encoder, facts, expected);
  return runChild({
    path: facts.path, args, live: false, address: 'frames', secrets: [], nice: context.process?.nice,
    hold: () => context.hold(),
    attach: ({ stdin }) => writeToPipe({ values$: feed.pictures$, ready: (yes) => { feed.ready(yes); } }, stdin, (picture) => stdin.write(picture)),
  }).pipe(mapEach((output): EngineEvent[] => {
    if (output.kind !== 'packet') return [];
    const { packet, stream } = output;
    const index = Math.round((packet.pts * feed.format.fps) / 1e6);
    return [outputOf(packet, stream, format, index)];
  }));
}
