/** The entry `rxcam/report`: the figures of a run, as an object and as text. */
export { type Report, type ReportTiming, report, reportText } from '../ledger/index.js';
