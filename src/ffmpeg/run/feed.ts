/** One ffmpeg process that reads raw pictures from stdin. */
import type { Observable } from 'rxjs';
import type { EngineContext, EngineEvent, Feed } from '../../core/engine/engine.js';
import { type Form, outputOf } from './source-process.js';
import { mapEach } from '../stream/index.js';
import { pour, runChild } from '../process/index.js';

/** Events of a process that encodes or scales pictures; `pts` of its outputs counts the pictures fed, from 0. */
export function runFeed(
  path: string, args: readonly string[], feed: Feed, form: Form, context: EngineContext,
): Observable<EngineEvent> {
  return runChild({
    path, args, live: false, address: 'frames', secrets: [], nice: context.process?.nice,
    hold: () => context.hold(),
    attach: ({ stdin }) => pour({ values$: feed.pictures$, ready: (yes) => { feed.ready(yes); } }, stdin, (picture) => stdin.write(picture)),
  }).pipe(mapEach((output): EngineEvent[] => {
    if (output.kind !== 'packet') return [];
    const { packet, stream } = output;
    const index = Math.round((packet.pts * feed.format.fps) / 1e6);
    return [{ ...outputOf(packet, stream, form), pts: index }];
  }));
}
