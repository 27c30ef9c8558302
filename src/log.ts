/** A pino line for each change of state, and one every so many published frames. */
import type { Observable } from 'rxjs';
import type { Logger } from 'pino';
import type { CameraEvent } from './events.js';

/** Events that happen to every frame, or nearly: counted, not logged. */
const QUIET = new Set<CameraEvent['type']>(['captured', 'skipped', 'encoded', 'moved', 'delivered', 'returned', 'duplicate', 'paused', 'resumed']);

/** Logs for as long as the events last. */
export function logEvents(events$: Observable<CameraEvent>, logger: Logger, everyPublished: number): void {
  let published = 0;
  let dropped = 0;
  events$.subscribe((event) => {
    if (event.type === 'dropped') dropped += event.frames;
    else if (event.type === 'published') {
      published += event.frames;
      if (crosses(published, event.frames, everyPublished)) {
        logger.info({ camera: event.camera, published, dropped, latencyMs: Math.round(event.latencyMs), bytes: event.bytes }, 'published');
      }
    } else if (!QUIET.has(event.type)) logger[levelOf(event)](factsOf(event), event.type);
  });
}

function crosses(total: number, last: number, step: number): boolean {
  return Math.floor(total / step) !== Math.floor((total - last) / step);
}

function levelOf(event: CameraEvent): 'info' | 'warn' | 'error' {
  if (event.type === 'failed') return 'error';
  return ['retrying', 'warning', 'readFailure'].includes(event.type) ? 'warn' : 'info';
}

/** The event without what only programs need; an error as its code and message. */
function factsOf(event: CameraEvent): Record<string, unknown> {
  const { type: _, at: __, ...facts } = event;
  if (!('error' in facts) || !(facts.error instanceof Error)) return facts;
  const { error } = facts;
  return { ...facts, error: { code: (error as Partial<{ code: string }>).code, message: error.message } };
}
