/** Figures for people and logs. */
export { type Report, type ReportTiming, report, reportFacts, reportText, shownSize } from './report.js';
export { type CameraStats, type Rates, StatsSampler, statsOf } from './stats.js';
