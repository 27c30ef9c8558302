/** Running cameras on a terminal. */
export { Session } from './session.js';
