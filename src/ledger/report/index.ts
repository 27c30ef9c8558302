/** Figures for people and logs. */
export { type ReceivedStats, ReceivedSampler, type VerdictCounts } from './received.js';
export type { ReceivedFigures, ReceivedReport } from './received-report.js';
export { type Report, report, reportFacts, reportText, sizeText } from './report.js';
export { type CameraStats, type Rates, StatsSampler, statsOf } from './stats.js';
export type { ReportTiming } from './timings.js';
