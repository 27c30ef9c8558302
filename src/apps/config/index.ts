/** The entry `rxcam/config`: parses and checks a configuration file, and runs its cameras. */
export { type BrokerSettings, type OpenBrokers, type OpenBrokerOptions, openBroker } from './brokers.js';
export { type Config, type ParseCameraOptions, type ParseConfigOptions, parseCamera, parseConfig } from './config.js';
export { type CameraPipeline, type CameraSettings, type CameraPipelineOptions, type Route, type StepSettings, cameraPipeline } from './pipeline.js';
export type { JsonSchema } from '../../core/options.js';
export { configSchema } from './schema.js';
export { type ConfigProblem, InvalidConfig } from './reading/index.js';
export {
  ConfigRunner, type PastCamera, type RunOptions, type RunningCamera, type RunningConfig, type WatchConfigOptions, readConfigFile, runConfig,
  watchConfig,
} from './running/index.js';
