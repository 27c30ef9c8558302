/** The dashboard's facts about cameras, brokers and streams, without their pictures. */
export { plainText } from './plain-text.js';
export { Watch } from './watch.js';
