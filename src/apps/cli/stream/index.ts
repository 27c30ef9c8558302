/** Cameras at work on a terminal. */
export { Session } from './session.js';
