/** Logs a line with pino for each event of the camera, and one after every `logEveryFrames` published frames. */
import type { Logger } from 'pino';
import type { CameraEvent } from '../core/events.js';
import type { CameraLedger } from './camera-ledger.js';
import type { Ledger } from './ledger.js';
import { report, reportFacts, statsOf } from './report/index.js';

/** Events that are not logged: they follow each change of back-pressure. */
const QUIET = new Set<CameraEvent['type']>(['paused', 'resumed']);

/**
 * Logs until the events end. Needs no events of single pictures.
 * @param everyPublished - published frames between two lines of figures
 */
export function logEvents(ledger: CameraLedger, logger: Logger, everyPublished: number): void {
  ledger.onPublished = (frames, latencyMs) => {
    if (crosses(ledger.tally.counts.published, frames, everyPublished)) logger.info(figuresOf(ledger.camera, ledger.tally.snapshot(), latencyMs), 'published');
  };
  ledger.stateEvents$.subscribe((event) => {
    if (!QUIET.has(event.type)) logger[levelOf(event)](factsOf(event), event.type);
  });
}

/** The report since the last reset, and the latency of the last message. */
function figuresOf(camera: string, ledger: Ledger, latencyMs: number): Record<string, unknown> {
  return { camera, published: ledger.counts.published, latencyMs: Math.round(latencyMs), ...reportFacts(report(statsOf(ledger))) };
}

/** Whether the last `added` of `total` have passed a multiple of `step`. */
function crosses(total: number, added: number, step: number): boolean {
  return Math.floor(total / step) !== Math.floor((total - added) / step);
}

function levelOf(event: CameraEvent): 'info' | 'warn' | 'error' {
  if (event.type === 'failed') return 'error';
  return ['retrying', 'warning', 'readFailure'].includes(event.type) ? 'warn' : 'info';
}

/** The event without the fields that only programs need; an error as its code, message and page. */
function factsOf(event: CameraEvent): Record<string, unknown> {
  const { type: _, at: __, ...facts } = event;
  if (!('error' in facts) || !(facts.error instanceof Error)) return facts;
  const { error } = facts;
  const { code, page } = error as Partial<{ code: string; page: string }>;
  return { ...facts, error: { code, message: error.message, page } };
}
