/** The format cloudevents, written and read. */
export { cloudevents } from './cloudevents.js';
export { peekCloudevents, readCloudevents } from './read-cloudevents.js';
