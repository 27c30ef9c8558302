/** The whole fleet on the dashboard of one of its workers. */
export { FleetWatch } from './fleet-watch.js';
