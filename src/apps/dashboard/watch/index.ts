/** The dashboard's facts about cameras, brokers and streams, without their pictures. */
export { Watch } from './watch.js';
