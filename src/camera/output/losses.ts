/** Counts pictures that the user's own filters (`videoFilter`) have left out. */
import type { DropCause } from '../../core/events.js';
import type { FrameTracker } from '../../ledger/index.js';
import type { WrittenFilters } from '../../core/plan/written-filters.js';

/** Returns a function that counts a picture as left out, with a warning for the first; undefined for a plan without filters of the user. */
export function lossCounter(written: WrittenFilters | undefined): ((tracker: FrameTracker) => void) | undefined {
  if (written === undefined) return undefined;
  let hasWarned = false;
  return (tracker) => {
    if (!hasWarned) tracker.owner?.emit({ type: 'warning', message: written.leftOut });
    hasWarned = true;
    tracker.drop('filter');
  };
}

/** The cause of pictures that are still in an ffmpeg when it has ended by itself. */
export function causeAtEnd(written: WrittenFilters | undefined): DropCause {
  return written === undefined ? 'capture-lost' : 'filter';
}
