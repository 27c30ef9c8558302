/** The ledger: the place of every picture, and their counts. */
export { type FrameRecord, type RecordOwner, type Pressure, type Reservation, recordsOf, ownerOf } from './frame-record.js';
export { CameraLedger, CountedFrameEvents } from './camera-ledger.js';
export type { Counts, Shares } from './counts.js';
export { FrameEvents } from './frame-events.js';
export { CAMERA_STATES, type CameraState, type EncoderInUse } from './ledger.js';
export { DurationTally } from './duration-tally.js';
export { SMALLEST_MS, type Timing, timing } from './histogram.js';
export { logEvents } from './log.js';
export {
  type CameraStats, type Rates, type ReceivedFigures, type ReceivedReport, ReceivedSampler, type ReceivedStats,
  type Report, type ReportTiming, StatsSampler, type VerdictCounts, report, reportText, sizeText, statsOf,
} from './report/index.js';
export { passOn, passedOn, take } from './take.js';
export { Tally } from './tally.js';
export { FrameTracker } from './frame-tracker.js';
