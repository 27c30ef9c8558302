/** Pictures for those who look. */
export { Live } from './live.js';
