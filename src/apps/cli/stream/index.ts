/** The command `stream`, and the output that `run` shares with it. */
export { Session } from './stream-session.js';
