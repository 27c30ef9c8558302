/** The format cloudevents: its writer and its reader. */
export { cloudevents } from './cloudevents.js';
export { peekCloudevents, readCloudevents } from './read-cloudevents.js';
