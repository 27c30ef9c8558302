/** The entry `rxcam/config`: a configuration file, read, checked, and made into cameras. */
export { type BrokerSettings, type OpenBrokers, type Opening, openBroker } from './brokers.js';
export { type Config, type ParseCameraOptions, type ParseConfigOptions, parseCamera, parseConfig } from './config.js';
export { type CameraPipeline, type CameraSettings, type Making, type Route, type StepSettings, cameraPipeline } from './pipeline.js';
export { type JsonSchema, configSchema } from './schema.js';
export { type ConfigProblem, InvalidConfig } from './reading/index.js';
export {
  ConfigRunner, type PastCamera, type RunOptions, type RunningCamera, type RunningConfig, type WatchConfigOptions, readConfigFile, runConfig,
  watchConfig,
} from './running/index.js';
