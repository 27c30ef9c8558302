/** Steps that run on frames out of user code. */
export { stage } from './node-stage.js';
