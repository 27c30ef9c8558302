/** A worker's reports about itself and its cameras. */
export { WorkerReports } from './worker-reports.js';
