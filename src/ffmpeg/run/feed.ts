/** One ffmpeg process fed with raw pictures on its stdin. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Observable } from 'rxjs';
import type { EngineContext, EngineEvent, Feed } from '../../core/engine/engine.js';
import { type Form, outputOf } from './capture.js';
import { mapEach } from '../stream/index.js';
import { runChild } from '../process/index.js';

/** Events of a process that encodes or scales pictures; `pts` of its outputs counts the pictures fed, from 0. */
export function runFeed(
  path: string, args: readonly string[], feed: Feed, form: Form, context: EngineContext,
): Observable<EngineEvent> {
  return runChild({
    path, args, live: false, address: 'frames', secrets: [], nice: context.process?.nice,
    hold: () => context.hold(), attach: (child) => write(feed, child),
  }).pipe(mapEach((output): EngineEvent[] => {
    if (output.kind !== 'packet') return [];
    const { packet, stream } = output;
    const index = Math.round((packet.pts * feed.format.fps) / 1e6);
    return [{ ...outputOf(packet, stream, form), pts: index }];
  }));
}

/** Writes pictures while the pipe takes them; a full pipe asks for no more until it has drained. */
function write(feed: Feed, { stdin }: ChildProcessWithoutNullStreams): () => void {
  const writing = feed.pictures$.subscribe({
    next: (picture) => { if (!stdin.write(picture)) feed.ready(false); },
    complete: () => { stdin.end(); },
  });
  const onDrain = () => { feed.ready(true); };
  stdin.on('drain', onDrain);
  feed.ready(true);
  return () => {
    stdin.off('drain', onDrain);
    writing.unsubscribe();
  };
}
