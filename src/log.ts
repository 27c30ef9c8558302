/** A pino line for each change of state, and one every so many published frames. */
import type { Logger } from 'pino';
import type { Observable } from 'rxjs';
import type { CameraEvent, PublishedEvent } from './events.js';
import type { Ledger } from './ledger.js';
import { report, reportFacts } from './report.js';
import { statsOf } from './stats.js';

/** Events that happen to every frame, or nearly: counted, not logged. */
const QUIET = new Set<CameraEvent['type']>(['captured', 'skipped', 'unchanged', 'encoded', 'moved', 'delivered', 'returned', 'duplicate', 'dropped', 'paused', 'resumed']);

/** A camera, as far as its log needs it. */
interface Logged {
  readonly events$: Observable<CameraEvent>;
  readonly ledger: Ledger;
}

/** Logs for as long as the events last. */
export function logEvents(camera: Logged, logger: Logger, everyPublished: number): void {
  camera.events$.subscribe((event) => {
    if (event.type === 'published') {
      if (crosses(camera.ledger.counts.published, event.frames, everyPublished)) logger.info(figuresOf(camera.ledger, event), 'published');
    } else if (!QUIET.has(event.type)) logger[levelOf(event)](factsOf(event), event.type);
  });
}

/** The report since the last reset, and the way of the last message. */
function figuresOf(ledger: Ledger, { camera, latencyMs }: PublishedEvent): Record<string, unknown> {
  return { camera, published: ledger.counts.published, latencyMs: Math.round(latencyMs), ...reportFacts(report(statsOf(ledger))) };
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
