/** The entry `rxcam/metrics`: a page for Prometheus. */
export { Metrics, type MetricsConfig, type ReceivedStream, type Several, metrics } from './metrics.js';
export type { MetricsRegistry } from './registry.js';
export type { TextFormat } from './exposition.js';
