/** The dashboard's facts about cameras, brokers and streams, without touching a picture. */
export { Watch } from './watch.js';
