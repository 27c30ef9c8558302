/** The entry `rxcam/report`: the figures of a run, as an object and as text. */
export { type ReceivedFigures, type ReceivedReport, type Report, type ReportTiming, report, reportText } from '../ledger/index.js';
