/** The entry `rxcam/dashboard`: one page that shows it all. */
export { type Dashboard, type DashboardConfig, dashboard } from './dashboard.js';
