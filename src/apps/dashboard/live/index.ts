/** Pictures for viewers. */
export { Live } from './live.js';
