/** The condition of a camera: by its last report, and by whether the worker that wrote it is gone. */
import type { CameraRow } from './rows.js';
import type { FleetCondition } from './types.js';

/** Facts about a report besides its contents. */
export interface ReportFacts {
  /** It is too old, or its worker is gone. */
  readonly isStale: boolean;
  readonly isDropping: boolean;
}

/** States of a camera without pictures. A camera that has failed alternates between connecting and waiting. */
const DOWN: ReadonlySet<string> = new Set(['failed', 'waiting']);
const ENDED: ReadonlySet<string> = new Set(['ended', 'stopped']);

export function conditionOf(row: CameraRow | undefined, { isStale, isDropping }: ReportFacts): FleetCondition {
  if (row === undefined || isStale) return 'unowned';
  const { state, downSince, isSlow } = row;
  if (state === 'unplaced') return 'unplaced';
  if (downSince !== undefined || DOWN.has(state)) return 'down';
  if (ENDED.has(state)) return 'ended';
  if (state !== 'streaming') return 'starting';
  return isSlow || isDropping ? 'impaired' : 'well';
}
