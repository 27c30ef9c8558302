/** Figures for programs, people and logs. */
export type { VerdictCounts } from '../../core/frame/verdict-counts.js';
export { type ReceivedStats, ReceivedSampler } from './received.js';
export type { ReceivedFigures, ReceivedReport } from './received-report.js';
export { type Report, report, reportFacts, reportText, sizeText } from './report.js';
export { type CameraStats, type Rates, StatsSampler, statsOf } from './stats.js';
export type { ReportTiming } from './timings.js';
