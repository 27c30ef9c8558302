/** From a configuration to cameras at work, and from its file to the next configuration. */
export { runConfig } from './run-config.js';
export { ConfigRunner, type PastCamera, type RunOptions, type RunningCamera, type RunningConfig } from './runner.js';
export { type WatchConfigOptions, readConfigFile, watchConfig } from './watch.js';
