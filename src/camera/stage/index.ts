/** Runs steps on frames from user code. */
export { stageValues } from './node-stage.js';
