/** What a worker reports of itself and of its cameras. */
export { WorkerReports } from './worker-reports.js';
