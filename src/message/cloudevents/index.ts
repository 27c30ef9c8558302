/** The format cloudevents, written and read. */
export { cloudevents } from './cloudevents.js';
export { readCloudevents } from './read-cloudevents.js';
