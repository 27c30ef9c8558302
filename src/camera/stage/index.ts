/** Steps that run on frames from user code. */
export { stage } from './node-stage.js';
