/** Runs steps on frames from user code. */
export { stage } from './node-stage.js';
