/** The entry `rxcam/tracing`: spans for OpenTelemetry. */
export { type TracedConfig, traced } from './traced.js';
