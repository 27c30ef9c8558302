/** Counts pictures that filters of the user's own have left out. */
import type { DropCause } from '../../core/events.js';
import type { FrameTracker } from '../../ledger/index.js';
import type { WrittenFilters } from '../../core/plan/written-filters.js';

/** A function for each picture that was left out, which warns of the first; undefined if no filter is the user's own. */
export function countLosses(written: WrittenFilters | undefined): ((tracker: FrameTracker) => void) | undefined {
  if (written === undefined) return undefined;
  let isWarned = false;
  return (tracker) => {
    if (!isWarned) tracker.owner?.emit({ type: 'warning', message: written.leftOut });
    isWarned = true;
    tracker.drop('filter');
  };
}

/** Why pictures are lost that have not left ffmpeg when it has ended by itself. */
export function causeAtEnd(written: WrittenFilters | undefined): DropCause {
  return written === undefined ? 'capture-lost' : 'filter';
}
