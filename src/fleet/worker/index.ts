/** A worker of a fleet. */
export { Lease } from './lease.js';
export { FleetWorker } from './worker.js';
