/** Runs a configuration, and watches its file. */
export { runConfig } from './run-config.js';
export { ConfigRunner, type PastCamera, type RunOptions, type RunningCamera, type RunningConfig } from './runner.js';
export { type WatchConfigOptions, readConfigFile, watchConfig } from './watch-config.js';
